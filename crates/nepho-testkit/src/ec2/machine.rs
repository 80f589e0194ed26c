//! One instance of the double, and its `<item>` in `DescribeInstances`.

use std::net::Ipv4Addr;

use nepho_core::State;

/// A spot instance's request. An instance of a one-time request cannot be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Ends with its instance.
    OneTime,
    /// Outlives its instance, so that the instance can be stopped and started.
    Persistent,
}

/// An instance for the double. Every method takes and returns it, so that calls chain.
#[derive(Clone, Debug)]
#[must_use]
pub struct Ec2Instance {
    pub(crate) id: String,
    pub(crate) region: String,
    pub(crate) zone: String,
    pub(crate) state: State,
    pub(crate) size: String,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) reservation: String,
    pub(crate) spot: Option<Spot>,
    pub(crate) local_root: bool,
    pub(crate) preflight: Protected,
    pub(crate) private_ip: Ipv4Addr,
    pub(crate) public_ip: Option<(Ipv4Addr, IpOwner)>,
    pub(crate) operator: Option<String>,
    pub(crate) launched: String,
    pub(crate) raw_item: Option<String>,
}

/// The protections of an instance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Protected {
    pub(crate) stop: bool,
    pub(crate) termination: bool,
}

/// The owner of a public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IpOwner {
    /// Amazon's pool: the address is released when the instance stops.
    Amazon,
    /// The account: an Elastic IP address, which stays.
    Account,
}

/// Returns a well-formed instance id for a number.
pub fn id(number: u64) -> String {
    format!("i-{number:017x}")
}

impl Ec2Instance {
    /// Creates a running `m6i.large` in `region`, in its zone `a`.
    pub fn new(region: &str, id: &str) -> Self {
        let number = id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        let [_, b, c, d] = number.to_be_bytes();
        Self {
            id: id.to_owned(),
            region: region.to_owned(),
            zone: format!("{region}a"),
            state: State::Running,
            size: "m6i.large".to_owned(),
            tags: Vec::new(),
            reservation: id.replacen("i-", "r-", 1),
            spot: None,
            local_root: false,
            preflight: Protected::default(),
            private_ip: Ipv4Addr::new(10, b, c, d),
            public_ip: None,
            operator: None,
            launched: "2025-11-03T08:15:42.000Z".to_owned(),
            raw_item: None,
        }
    }

    /// Adds a `Name` tag.
    pub fn named(self, name: &str) -> Self {
        self.tag("Name", name)
    }

    /// Adds a tag.
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Sets the state; only EC2's six states are valid.
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Sets the zone: the region's zone with this letter.
    pub fn zone(mut self, letter: char) -> Self {
        self.zone = format!("{}{letter}", self.region);
        self
    }

    /// Sets the instance type.
    pub fn size(mut self, size: &str) -> Self {
        size.clone_into(&mut self.size);
        self
    }

    /// Sets the last start, in EC2's format.
    pub fn launched(mut self, at: &str) -> Self {
        at.clone_into(&mut self.launched);
        self
    }

    /// Sets the reservation.
    pub fn reservation(mut self, id: &str) -> Self {
        id.clone_into(&mut self.reservation);
        self
    }

    /// Makes it a spot instance.
    pub fn spot(mut self, spot: Spot) -> Self {
        self.spot = Some(spot);
        self
    }

    /// Makes an Auto Scaling group the owner, by its tag.
    pub fn group(self, group: &str) -> Self {
        self.tag("aws:autoscaling:groupName", group)
    }

    /// Makes the root device an instance store.
    pub fn local_root(mut self) -> Self {
        self.local_root = true;
        self
    }

    /// Sets `disableApiStop`.
    pub fn stop_protected(mut self) -> Self {
        self.preflight.stop = true;
        self
    }

    /// Sets `disableApiTermination`.
    pub fn termination_protected(mut self) -> Self {
        self.preflight.termination = true;
        self
    }

    /// Adds a public address from Amazon's pool.
    pub fn amazon_ip(mut self, ip: Ipv4Addr) -> Self {
        self.public_ip = Some((ip, IpOwner::Amazon));
        self
    }

    /// Adds an Elastic IP address.
    pub fn elastic_ip(mut self, ip: Ipv4Addr) -> Self {
        self.public_ip = Some((ip, IpOwner::Account));
        self
    }

    /// Makes another AWS service the owner.
    pub fn managed_by(mut self, principal: &str) -> Self {
        self.operator = Some(principal.to_owned());
        self
    }

    /// Shows this `<item>…</item>` of `instancesSet` instead of a generated one. The shown state is
    /// then that of the text.
    pub fn raw_item(mut self, xml: &str) -> Self {
        self.raw_item = Some(xml.to_owned());
        self
    }

    /// Returns the `<item>` of `instancesSet`, with the instance in `state`.
    pub(crate) fn item(&self, state: State, account: &str) -> String {
        if let Some(raw) = &self.raw_item {
            return raw.clone();
        }
        let suffix = self.id.trim_start_matches("i-");
        let ip = self.private_ip;
        let host = format!("ip-{}.{}.compute.internal", ip.to_string().replace('.', "-"), self.region);
        let on = matches!(state, State::Pending | State::Running);
        let public = self.public_ip.filter(|(_, owner)| on || *owner == IpOwner::Account);
        let association = public.map_or_else(String::new, |(public, owner)| {
            let owner = if owner == IpOwner::Amazon { "amazon" } else { account };
            format!(
                "<association><publicIp>{public}</publicIp><publicDnsName>{}</publicDnsName><ipOwnerId>{owner}</ipOwnerId></association>",
                public_host(public, &self.region)
            )
        });
        let mut xml = String::with_capacity(5000);
        put!(
            xml,
            "<item><instanceId>{}</instanceId><imageId>ami-0c1c30571d2dae5c9</imageId><instanceState><code>{}</code><name>{}</name></instanceState>",
            self.id,
            code(state),
            word(state)
        );
        put!(
            xml,
            "<privateDnsName>{host}</privateDnsName><dnsName>{}</dnsName><reason>{}</reason><keyName>ops-2025</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/>",
            public.map(|(public, _)| public_host(public, &self.region)).unwrap_or_default(),
            if on { "" } else { "User initiated (2025-11-20 17:03:11 GMT)" }
        );
        put!(
            xml,
            "<instanceType>{}</instanceType><launchTime>{}</launchTime><placement><availabilityZone>{}</availabilityZone><groupName/><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>",
            self.size,
            self.launched,
            self.zone
        );
        put!(
            xml,
            "<subnetId>subnet-0a{suffix}</subnetId><vpcId>vpc-0f1e2d3c4b5a69788</vpcId><privateIpAddress>{ip}</privateIpAddress>"
        );
        if let Some((public, _)) = public {
            put!(xml, "<ipAddress>{public}</ipAddress>");
        }
        let groups =
            "<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>fleet</groupName></item></groupSet>";
        put!(xml, "<sourceDestCheck>true</sourceDestCheck>{groups}");
        if !on {
            put!(
                xml,
                "<stateReason><code>Client.UserInitiatedShutdown</code><message>Client.UserInitiatedShutdown: User initiated shutdown</message></stateReason>"
            );
        }
        put!(
            xml,
            "<architecture>x86_64</architecture><rootDeviceType>{}</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>",
            if self.local_root { "instance-store" } else { "ebs" }
        );
        if self.local_root {
            put!(xml, "<blockDeviceMapping/>");
        } else {
            put!(
                xml,
                "<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-{suffix}</volumeId><status>attached</status><attachTime>{}</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>",
                self.launched
            );
        }
        if let Some(spot) = self.spot {
            let request = match spot {
                Spot::OneTime => "sir-1onetime",
                Spot::Persistent => "sir-persists",
            };
            put!(
                xml,
                "<instanceLifecycle>spot</instanceLifecycle><spotInstanceRequestId>{request}</spotInstanceRequestId>"
            );
        }
        put!(xml, "<virtualizationType>hvm</virtualizationType><clientToken>{suffix}-token</clientToken><tagSet>");
        for (key, value) in &self.tags {
            put!(xml, "<item><key>{}</key><value>{}</value></item>", escaped(key), escaped(value));
        }
        put!(
            xml,
            "</tagSet><hypervisor>xen</hypervisor><networkInterfaceSet><item><networkInterfaceId>eni-{suffix}</networkInterfaceId><subnetId>subnet-0a{suffix}</subnetId><vpcId>vpc-0f1e2d3c4b5a69788</vpcId><description>Primary network interface</description><ownerId>{account}</ownerId><status>in-use</status><macAddress>02:0a:0b:0c:0d:0e</macAddress><privateIpAddress>{ip}</privateIpAddress><privateDnsName>{host}</privateDnsName><sourceDestCheck>true</sourceDestCheck>{groups}<attachment><attachmentId>eni-attach-{suffix}</attachmentId><deviceIndex>0</deviceIndex><status>attached</status><attachTime>{}</attachTime><deleteOnTermination>true</deleteOnTermination><networkCardIndex>0</networkCardIndex></attachment>{association}<privateIpAddressesSet><item><privateIpAddress>{ip}</privateIpAddress><privateDnsName>{host}</privateDnsName><primary>true</primary>{association}</item></privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item></networkInterfaceSet>",
            self.launched
        );
        put!(
            xml,
            "<iamInstanceProfile><arn>arn:aws:iam::{account}:instance-profile/fleet</arn><id>AIPA2EXAMPLE3EXAMPLE4</id></iamInstanceProfile><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport><cpuOptions><coreCount>1</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions><capacityReservationSpecification><capacityReservationPreference>open</capacityReservationPreference></capacityReservationSpecification><hibernationOptions><configured>false</configured></hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions><metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions><platformDetails>Linux/UNIX</platformDetails><usageOperation>RunInstances</usageOperation><usageOperationUpdateTime>{}</usageOperationUpdateTime><privateDnsNameOptions><hostnameType>ip-name</hostnameType><enableResourceNameDnsARecord>false</enableResourceNameDnsARecord><enableResourceNameDnsAAAARecord>false</enableResourceNameDnsAAAARecord></privateDnsNameOptions><maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><currentInstanceBootMode>uefi</currentInstanceBootMode>",
            self.launched
        );
        if let Some(operator) = &self.operator {
            put!(xml, "<operator><managed>true</managed><principal>{}</principal></operator>", escaped(operator));
        }
        put!(xml, "</item>");
        xml
    }
}

fn public_host(ip: Ipv4Addr, region: &str) -> String {
    format!("ec2-{}.{region}.compute.amazonaws.com", ip.to_string().replace('.', "-"))
}

/// Returns EC2's number for a state.
pub(crate) const fn code(state: State) -> u8 {
    match state {
        State::Pending => 0,
        State::Terminating => 32,
        State::Terminated => 48,
        State::Stopping => 64,
        State::Stopped => 80,
        _ => 16,
    }
}

/// Returns EC2's word for a state.
pub(crate) const fn word(state: State) -> &'static str {
    match state {
        State::Terminating => "shutting-down",
        other => other.as_str(),
    }
}

/// Escapes text as XML character data. Control characters become references, as AWS writes them.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {
                put!(out, "&#x{:x};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_says_what_the_instance_is() {
        let ip = Ipv4Addr::new(203, 0, 113, 7);
        let one = Ec2Instance::new("eu-west-1", &id(1)).named("a<b>&\u{1b}").amazon_ip(ip).spot(Spot::OneTime);
        let running = one.item(State::Running, "123456789012");
        assert!(running.contains("<key>Name</key><value>a&lt;b&gt;&amp;&#x1b;</value>"));
        assert!(running.contains("<ipOwnerId>amazon</ipOwnerId>"));
        assert!(running.contains("<instanceLifecycle>spot</instanceLifecycle>"));
        let stopped = one.item(State::Stopped, "123456789012");
        assert!(!stopped.contains("203.0.113.7"), "a stop releases the address");
        assert!(stopped.contains("<code>80</code><name>stopped</name>"));
    }
}
