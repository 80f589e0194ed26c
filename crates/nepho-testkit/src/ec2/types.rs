//! `DescribeInstanceTypes`, as far as it shows local disks.

use crate::loopback::{Params, Reply};

pub(crate) fn describe(params: &Params) -> Reply {
    let mut body = "<instanceTypeSet>".to_owned();
    for size in params.list("InstanceType") {
        if !size.contains('.') {
            let words = format!("The following supplied instance types do not exist: [{size}]");
            return Reply::ec2_error(400, "InvalidInstanceType", &words);
        }
        let local = has_local_disks(&size);
        put!(
            body,
            "<item><instanceType>{size}</instanceType><currentGeneration>true</currentGeneration><bareMetal>false</bareMetal><hypervisor>nitro</hypervisor><instanceStorageSupported>{local}</instanceStorageSupported>"
        );
        if local {
            body += "<instanceStorageInfo><totalSizeInGB>75</totalSizeInGB><disks><item><sizeInGB>75</sizeInGB><count>1</count><type>ssd</type></item></disks><nvmeSupport>required</nvmeSupport></instanceStorageInfo>";
        }
        body += "</item>";
    }
    Reply::ec2("DescribeInstanceTypes", &format!("{body}</instanceTypeSet>"))
}

/// Follows AWS's naming: the storage families (`i3`, `d3`, `h1`), and a `d` after the generation
/// (`m5d`).
fn has_local_disks(size: &str) -> bool {
    let family = size.split('.').next().unwrap_or_default();
    let attributes =
        family.trim_start_matches(|c: char| c.is_ascii_lowercase()).trim_start_matches(|c: char| c.is_ascii_digit());
    family.starts_with(['i', 'd', 'h']) || attributes.contains('d')
}

#[cfg(test)]
mod tests {
    #[test]
    fn local_disks_follow_from_the_name() {
        for (size, local) in
            [("m5d.large", true), ("i3.large", true), ("c6gd.xlarge", true), ("m6i.large", false), ("t3.micro", false)]
        {
            assert_eq!(super::has_local_disks(size), local, "{size}");
        }
    }
}
