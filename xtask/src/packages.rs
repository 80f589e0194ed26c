//! System packages: what Nephoscope needs of Debian or Ubuntu, and how it gets there.
//!
//! Nothing is installed without saying so first. On another system the packages are named and the
//! task stops: guessing another distribution's names would be worse than saying what is needed.

use std::{env, path::Path};

use anyhow::{Context as _, Result, bail};

use crate::{place::Place, process::Run};

/// A need that some packages meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To build the app.
    Build,
    /// To show it where there is no display.
    VirtualDisplay,
    /// To test it: the window's driver, a real keyring, a Python for the loopback clouds.
    Test,
}

impl Need {
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Build => {
                &["build-essential", "pkg-config", "file", "libwebkit2gtk-4.1-dev", "libgtk-3-dev", "librsvg2-dev"]
            }
            Self::VirtualDisplay => &[
                "xvfb",
                "xdotool",
                "imagemagick",
                "dbus",
                "dbus-x11",
                "at-spi2-core",
                "fonts-noto-core",
                "fonts-noto-cjk",
            ],
            Self::Test => {
                &["webkit2gtk-driver", "gnome-keyring", "libsecret-tools", "python3-venv", "x11-utils", "xauth"]
            }
        }
    }
}

/// Installs what is missing of `needs`, after saying what.
pub fn ensure(place: &Place, needs: &[Need]) -> Result<()> {
    let wanted: Vec<&str> = needs.iter().flat_map(|need| need.packages()).copied().collect();
    if !is_debian() {
        return elsewhere(place, &wanted);
    }
    let missing = missing(place, &wanted);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("These system packages are missing and will be installed: {}", missing.join(" "));
    apt(place, &["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    apt(place, &install)
}

fn missing<'a>(place: &Place, wanted: &[&'a str]) -> Vec<&'a str> {
    wanted.iter().copied().filter(|package| !is_installed(place, package)).collect()
}

fn is_installed(place: &Place, package: &str) -> bool {
    Run::new("dpkg-query", &place.root)
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .stdout()
        .is_ok_and(|status| status == "installed")
}

fn apt(place: &Place, arguments: &[&str]) -> Result<()> {
    let run = if rustix::process::geteuid().is_root() {
        Run::new("apt-get", &place.root)
    } else {
        // sudo asks for the password on the terminal; in CI nobody is there to type it.
        let sudo = Run::new("sudo", &place.root);
        let sudo = if Place::is_ci() { sudo.arg("--non-interactive") } else { sudo.interactive() };
        sudo.arg("apt-get")
    };
    run.args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .show()
        .context("failed to install system packages; install them by hand and try again")
}

fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| is_debian_like(&text))
}

/// Reads `/etc/os-release`: whether this is Debian, Ubuntu or a child of one.
fn is_debian_like(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .any(|id| id == "debian" || id == "ubuntu")
}

/// Another system: go on if the libraries are there already, else name what is needed.
fn elsewhere(place: &Place, wanted: &[&str]) -> Result<()> {
    let present = Run::new("pkg-config", &place.root).args(["--exists", "webkit2gtk-4.1", "gtk+-3.0"]).stdout().is_ok();
    if present || cfg!(any(target_os = "macos", windows)) {
        return Ok(());
    }
    bail!(
        "this system has no apt-get. Install its own packages for these of Debian, then try again:\n  {}",
        wanted.join("\n  ")
    )
}

/// Fails with advice unless Node.js 20 or newer and npm are here.
pub fn ensure_node(place: &Place) -> Result<()> {
    const OLDEST: u32 = 20;
    let version = |program: &str| Run::new(program, &place.root).arg("--version").stdout();
    if (version("node").is_err() || version("npm").is_err()) && is_debian() {
        eprintln!("Node.js is missing and will be installed: nodejs npm");
        apt(place, &["update", "-qq"])?;
        apt(place, &["install", "-y", "-qq", "--no-install-recommends", "nodejs", "npm"])?;
    }
    let node = version("node").context("Node.js is not installed; it builds the window's content")?;
    version("npm").context("npm is not installed; it comes with Node.js")?;
    match major(&node) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => bail!("Node.js is {}, and {OLDEST} or newer is needed (https://nodejs.org)", node.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Whether a program is on the `PATH`.
pub fn has_program(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(is_debian_like("PRETTY_NAME=\"Debian\"\nID=debian\n"));
        assert!(is_debian_like("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian_like("ID=fedora\nVERSION_ID=43\n"));
        assert!(!is_debian_like("NAME=debian\n"), "only the ids are read");
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
    }
}
