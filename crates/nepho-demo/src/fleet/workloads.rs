//! Table of the workloads in each account, from which the fleet is made.

use nepho_core::resource::Lifecycle;

/// Machines of one purpose in one region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) name: &'static str,
    pub(crate) count: usize,
    pub(crate) size: &'static str,
    pub(crate) team: &'static str,
    pub(crate) run: Run,
    pub(crate) lifecycle: Lifecycle,
    /// True if the cloud refuses to stop and to delete them.
    pub(crate) protected: bool,
    pub(crate) disks: Disks,
    pub(crate) public: Public,
}

/// Running times of a service's machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Always on, with a restart every few weeks.
    Always,
    /// On during office hours.
    OfficeHours,
    /// Off.
    Off,
    /// Suspended.
    Suspended,
    /// In a scale group, which replaces each machine after a time in this range.
    Group { name: &'static str, minutes: (i64, i64) },
}

/// Kind of disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disks {
    Network,
    LocalData,
    LocalRoot,
}

/// Kind of public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Public {
    No,
    /// A stop releases the address.
    Ephemeral,
    Kept,
}

const fn service(
    account: &'static str,
    region: &'static str,
    name: &'static str,
    count: usize,
    size: &'static str,
    team: &'static str,
) -> Service {
    Service {
        account,
        region,
        name,
        count,
        size,
        team,
        run: Run::Always,
        lifecycle: Lifecycle::OnDemand,
        protected: false,
        disks: Disks::Network,
        public: Public::No,
    }
}

impl Service {
    const fn run(mut self, run: Run) -> Self {
        self.run = run;
        self
    }

    const fn group(self, name: &'static str, minutes: (i64, i64)) -> Self {
        self.run(Run::Group { name, minutes })
    }

    const fn spot(mut self) -> Self {
        self.lifecycle = Lifecycle::Spot;
        self
    }

    const fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    const fn disks(mut self, disks: Disks) -> Self {
        self.disks = disks;
        self
    }

    const fn public(mut self, public: Public) -> Self {
        self.public = public;
        self
    }
}

const PAYMENTS: &str = "payments-prod";
const PLATFORM: &str = "platform-dev";
const SEARCH: &str = "search-staging";
const LAKE: &str = "data-lake";

pub(crate) static SERVICES: &[Service] = &[
    service(PAYMENTS, "eu-west-1", "web-prod", 12, "m7g.large", "storefront").group("asg-web-prod", (9, 35)),
    service(PAYMENTS, "us-east-1", "web-prod", 8, "m7g.large", "storefront").group("asg-web-prod", (12, 40)),
    service(PAYMENTS, "eu-west-1", "checkout-api", 8, "c7g.xlarge", "payments").group("asg-checkout-api", (15, 45)),
    service(PAYMENTS, "eu-west-1", "ledger", 3, "r7g.2xlarge", "payments").protected(),
    service(PAYMENTS, "eu-central-1", "ledger-replica", 3, "r7g.2xlarge", "payments").protected(),
    service(PAYMENTS, "eu-west-1", "kafka", 6, "i4i.xlarge", "platform").disks(Disks::LocalData),
    service(PAYMENTS, "us-east-1", "kafka", 3, "i4i.xlarge", "platform").disks(Disks::LocalData),
    service(PAYMENTS, "eu-west-1", "redis", 9, "r7g.large", "platform"),
    service(PAYMENTS, "us-east-1", "checkout-api", 6, "c7g.xlarge", "payments"),
    service(PAYMENTS, "eu-central-1", "vault", 3, "t4g.medium", "security").protected(),
    service(PAYMENTS, "eu-west-1", "bastion", 1, "t4g.nano", "security").public(Public::Kept),
    service(PAYMENTS, "us-east-1", "bastion", 1, "t4g.nano", "security").public(Public::Ephemeral),
    service(PAYMENTS, "ap-northeast-1", "edge-proxy", 8, "c7g.medium", "storefront").public(Public::Ephemeral),
    service(PAYMENTS, "ap-northeast-1", "決済-網関", 2, "c7g.large", "payments"),
    service(PAYMENTS, "eu-central-1", "settlement-batch", 8, "c6i.2xlarge", "payments").spot(),
    service(PAYMENTS, "us-east-1", "fraud-model", 2, "g5.2xlarge", "risk"),
    service(PAYMENTS, "us-east-1", "reports-legacy", 3, "m4.large", "finance").run(Run::Off),
    service(PLATFORM, "eu-west-1", "ci-runner", 14, "c6a.2xlarge", "platform").group("asg-ci-runners", (6, 18)).spot(),
    service(PLATFORM, "us-west-2", "k8s-node", 9, "m6a.xlarge", "platform").group("asg-k8s-dev", (20, 60)),
    service(PLATFORM, "eu-west-1", "dev-amelia", 1, "t3.xlarge", "payments").run(Run::OfficeHours),
    service(PLATFORM, "eu-west-1", "dev-björn", 1, "t3.xlarge", "payments").run(Run::OfficeHours),
    service(PLATFORM, "eu-west-1", "dev-chidi", 1, "t3.large", "risk").run(Run::OfficeHours),
    service(PLATFORM, "us-west-2", "dev-dolores", 1, "t3.xlarge", "search").run(Run::Off),
    service(PLATFORM, "us-west-2", "dev-小明", 1, "t3.large", "search").run(Run::OfficeHours),
    service(PLATFORM, "sa-east-1", "dev-joão", 1, "t3.large", "finance").run(Run::OfficeHours),
    service(PLATFORM, "eu-west-1", "staging-web", 5, "t3.medium", "storefront").public(Public::Ephemeral),
    service(PLATFORM, "eu-west-1", "staging-db", 2, "r6i.large", "payments"),
    service(PLATFORM, "us-west-2", "load-test", 12, "c6i.large", "platform").run(Run::Off),
    service(PLATFORM, "us-west-2", "artifact-cache", 2, "i3.large", "platform").disks(Disks::LocalRoot),
    service(PLATFORM, "sa-east-1", "sandbox", 10, "t3.small", "platform").public(Public::Ephemeral),
    service(PLATFORM, "sa-east-1", "old-jenkins", 1, "m3.medium", "platform").run(Run::Off),
    service(PLATFORM, "eu-west-1", "grafana", 1, "t3.medium", "platform"),
    // Hostile and unusual names.
    service(PLATFORM, "eu-west-1", "<img src=x onerror=alert(1)>", 1, "t3.micro", "unknown"),
    service(PLATFORM, "eu-west-1", "invoice-\u{202E}fdp.exe", 1, "t3.micro", "unknown").run(Run::Off),
    service(PLATFORM, "us-west-2", "=cmd|' /C calc'!A0", 1, "t3.micro", "unknown").run(Run::Off),
    service(PLATFORM, "us-west-2", "", 3, "t3.micro", "unknown"),
    service(PLATFORM, "sa-east-1", "测试-数据库-备份-请勿删除", 1, "r6i.large", "finance"),
    service(SEARCH, "europe-west4", "es-data", 12, "n2-highmem-8", "search").disks(Disks::LocalData),
    service(SEARCH, "europe-west4", "es-master", 3, "e2-standard-4", "search").protected(),
    service(SEARCH, "us-central1", "es-data", 9, "n2-highmem-8", "search").disks(Disks::LocalData),
    service(SEARCH, "us-central1", "es-master", 3, "e2-standard-4", "search").protected(),
    service(SEARCH, "europe-west4", "indexer", 8, "n2-standard-4", "search").group("mig-indexer", (10, 30)).spot(),
    service(SEARCH, "asia-east1", "query-front", 6, "e2-standard-2", "search").public(Public::Ephemeral),
    service(SEARCH, "europe-west4", "query-front", 6, "e2-standard-2", "search").public(Public::Ephemeral),
    service(SEARCH, "asia-east1", "crawler", 6, "e2-small", "search").spot(),
    service(SEARCH, "us-central1", "relevance-lab", 4, "n1-standard-8", "search").run(Run::Off),
    service(LAKE, "europe-west1", "spark-worker", 20, "n2-standard-16", "data").group("mig-spark", (8, 25)).spot(),
    service(LAKE, "europe-west1", "spark-driver", 2, "n2-standard-8", "data"),
    service(LAKE, "us-central1", "spark-worker", 10, "n2-standard-16", "data").group("mig-spark-us", (12, 30)).spot(),
    service(LAKE, "europe-west4", "airflow", 3, "e2-standard-4", "data"),
    service(LAKE, "europe-west4", "trino", 8, "n2-highmem-16", "data"),
    service(LAKE, "us-central1", "hdfs-archive", 8, "n2-standard-8", "data").protected(),
    service(LAKE, "europe-west1", "notebook", 10, "e2-standard-8", "data").run(Run::OfficeHours),
    service(LAKE, "us-central1", "notebook", 4, "e2-standard-8", "data").run(Run::Off),
    service(LAKE, "europe-west4", "ml-training", 3, "a2-highgpu-1g", "ml").run(Run::Suspended),
    service(LAKE, "europe-west4", "export-jobs", 2, "e2-medium", "data"),
];
