//! The suite's own tests: a correct provider passes each case, and for each case a broken provider
//! fails it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{broken::Broken, *};
use crate::{
    FAKE_DIALECT, FakeProvider,
    fake::{ListStep, SubmitStep},
    instance::{instance, scope},
};

/// The harness of the fake cloud.
struct FakeHarness {
    fake: FakeProvider,
    breaks: Option<Case>,
    made: AtomicU64,
    can_deny: bool,
}

impl FakeHarness {
    fn new(breaks: Option<Case>) -> Self {
        let fake = FakeProvider::default();
        fake.give_tickets();
        fake.add(instance("i-elsewhere").region("us-east-1"));
        Self { fake, breaks, made: AtomicU64::new(0), can_deny: true }
    }
}

#[async_trait]
impl Harness for FakeHarness {
    async fn provider(&self, access: Access) -> Arc<dyn Provider> {
        // A broken read-only provider needs a provider that can send.
        let acting = self.fake.twin(Access::ReadWrite).shared();
        let good = self.fake.twin(access).shared();
        match self.breaks {
            Some(case) => Arc::new(Broken::new(good, acting, access, case)),
            None => good,
        }
    }

    fn descriptor(&self) -> &'static dyn Descriptor {
        &FAKE_DIALECT
    }

    async fn create(&self, state: State) -> Result<Target, Cannot> {
        let native = format!("i-{}", self.made.fetch_add(1, Ordering::Relaxed));
        let made = instance(&native).state(state);
        let target = made.target();
        self.fake.add(made);
        Ok(target)
    }

    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot> {
        self.fake.set_state(&key.native, state);
        Ok(())
    }

    async fn deny(&self) -> Result<Scope, Cannot> {
        if !self.can_deny {
            return Err(Cannot("this cloud denies nothing"));
        }
        let error = nepho_core::ProviderError::PermissionDenied { operation: "list".into(), message: "no".into() };
        self.fake.break_listing("us-east-1", error);
        Ok(scope("us-east-1"))
    }

    async fn settle(&self) {
        for number in 0..self.made.load(Ordering::Relaxed) {
            self.fake.settle(&format!("i-{number}"));
        }
    }

    fn unknown(&self) -> Target {
        instance("i-unknown").target()
    }

    async fn mutations(&self) -> Result<u64, Cannot> {
        Ok(u64::try_from(self.fake.counts().mutations).unwrap_or(u64::MAX))
    }

    async fn fail_next(&self, target: &Target) -> Result<(), Cannot> {
        let error = nepho_core::ProviderError::Conflict { message: "another operation is under way".into() };
        self.fake.script_submit(&target.key.native, [SubmitStep::ComeToNothing(error)]);
        Ok(())
    }

    async fn forbid(&self, target: &Target, action: Action) -> Result<(), Cannot> {
        self.fake.forbid(&target.key.native, action);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_provider_passes_every_case() {
    check(&[], async || FakeHarness::new(None)).await;
}

#[tokio::test(start_paused = true)]
async fn for_each_case_a_broken_provider_fails_it() {
    for &case in Case::ALL {
        let outcome = run(case, &FakeHarness::new(Some(case))).await;
        assert!(matches!(outcome, Outcome::Failed(_)), "{case:?} did not notice its broken provider: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_ends_fails() {
    let harness = FakeHarness::new(None);
    harness.fake.script_listing("eu-west-1", vec![ListStep::Hang]);
    harness.fake.add_scope("eu-west-1");
    let outcome = run(Case::KeysAreUnique, &harness).await;
    assert!(matches!(&outcome, Outcome::Failed(how) if how.contains("did not end")), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn exclusions_need_a_reason_and_a_failing_case() {
    let checked = async |cannot: &[(Case, &str)]| {
        problems(cannot, async || FakeHarness { can_deny: false, ..FakeHarness::new(None) }).await
    };
    let denied = Case::DeniedScopeSparesOthers;
    let excluded = (denied, "the cloud denies nothing");
    assert_eq!(checked(&[excluded]).await, Vec::<String>::new());
    for (cannot, sign) in [
        (&[][..], "DeniedScopeSparesOthers: Skipped"),
        (&[excluded, (Case::TrafficGrows, "the cloud has no traffic")], "TrafficGrows passes, although"),
        (&[(denied, "")], "no reason"),
        (&[excluded, excluded], "named 2 times"),
    ] {
        let problems = checked(cannot).await;
        assert!(matches!(&problems[..], [problem] if problem.contains(sign)), "{sign}: {problems:?}");
    }
}
