//! Opening a cloud's console in the browser: from a list of addresses, without a shell.

use std::process::{Command, Stdio};

use nepho_app::CONSOLE_HOSTS;
use nepho_wire::failure::{CommandCode, CommandError};
use url::{Host, Url};

/// Opens the address if it is a console's.
pub fn open(address: &str) -> Result<(), CommandError> {
    let url = checked(address).ok_or_else(|| CommandError::new(CommandCode::NoConsole, "not a console's address"))?;
    let mut browser = Command::new(OPENER)
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| CommandError::new(CommandCode::NoConsole, format!("{OPENER}: {error}")))?;
    // Only to reap it: the browser may live longer than the window.
    let _ = std::thread::Builder::new().name("browser".to_owned()).spawn(move || browser.wait());
    Ok(())
}

#[cfg(target_os = "macos")]
const OPENER: &str = "open";
#[cfg(not(target_os = "macos"))]
const OPENER: &str = "xdg-open";

/// The address, if it is https, on the usual port, without a user, and a console's.
fn checked(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let plain =
        url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    let Some(Host::Domain(host)) = url.host() else { return None };
    let listed = CONSOLE_HOSTS
        .iter()
        .any(|console| host == *console || host.strip_suffix(console).is_some_and(|below| below.ends_with('.')));
    (plain && listed).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn consoles_are_opened() {
        for address in [
            "https://console.aws.amazon.com/ec2/home",
            "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0ab",
            "https://console.amazonaws.cn/ec2",
            "https://console.cloud.google.com/compute/instancesDetail/zones/us-central1-a/instances/web-1?project=proj-0",
        ] {
            assert!(checked(address).is_some(), "{address}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for address in [
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://console.cloud.google.com.evil.example/",
            "https://cloud.google.com/",
            "https://google.com/console.cloud.google.com",
            "https://console.aws.amazon.com:8443/",
            "https://console.aws.amazon.com@evil.example/",
            "https://user@console.aws.amazon.com/",
            "https://127.0.0.1/",
            "file:///etc/passwd",
            "smb://console.aws.amazon.com/x",
            "javascript:alert(1)//console.aws.amazon.com",
            "-version",
            "",
        ] {
            assert!(checked(address).is_none(), "{address}");
        }
    }
}
