//! System packages that Nephoscope needs on Debian and Ubuntu, and their installation.
//!
//! The task prints the packages before it installs them. On another system it prints them and stops,
//! because package names differ between distributions.

use std::{env, path::Path};

use anyhow::{Context as _, Result, bail};

use crate::{command::Cmd, workspace::Workspace};

/// A purpose, with the packages for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Building the app.
    Build,
    /// Showing the window on a machine without a display.
    VirtualDisplay,
    /// Testing: the window's driver, a keyring daemon, Python for the loopback clouds.
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

/// Prints and installs the missing packages of `needs`.
pub fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    let wanted: Vec<&str> = needs.iter().flat_map(|need| need.packages()).copied().collect();
    if !is_debian() {
        return check_other_system(workspace, &wanted);
    }
    let missing = missing(workspace, &wanted);
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("These system packages are missing and will be installed: {}", missing.join(" "));
    apt(workspace, &["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    apt(workspace, &install)
}

fn missing<'a>(workspace: &Workspace, wanted: &[&'a str]) -> Vec<&'a str> {
    wanted.iter().copied().filter(|package| !is_installed(workspace, package)).collect()
}

fn is_installed(workspace: &Workspace, package: &str) -> bool {
    Cmd::new("dpkg-query", &workspace.root)
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .stdout()
        .is_ok_and(|status| status == "installed")
}

fn apt(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let run = if rustix::process::geteuid().is_root() {
        Cmd::new("apt-get", &workspace.root)
    } else {
        // sudo reads the password from the terminal, which CI does not have.
        let sudo = Cmd::new("sudo", &workspace.root);
        let sudo = if Workspace::is_ci() { sudo.arg("--non-interactive") } else { sudo.interactive() };
        sudo.arg("apt-get")
    };
    run.args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .show()
        .context("failed to install system packages; install them yourself and try again")
}

fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| is_debian_like(&text))
}

/// True if `/etc/os-release` names Debian, Ubuntu or a derivative.
fn is_debian_like(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .any(|id| id == "debian" || id == "ubuntu")
}

/// Fails with the list of packages unless the libraries are already installed.
fn check_other_system(workspace: &Workspace, wanted: &[&str]) -> Result<()> {
    let present =
        Cmd::new("pkg-config", &workspace.root).args(["--exists", "webkit2gtk-4.1", "gtk+-3.0"]).stdout().is_ok();
    if present || cfg!(any(target_os = "macos", windows)) {
        return Ok(());
    }
    bail!(
        "this is not Debian or Ubuntu. Install the counterparts of these Debian packages, then try again:\n  {}",
        wanted.join("\n  ")
    )
}

/// Fails with advice unless Node.js 20 or newer and npm are installed.
pub fn ensure_node(workspace: &Workspace) -> Result<()> {
    const MIN_VERSION: u32 = 20;
    let version = |program: &str| Cmd::new(program, &workspace.root).arg("--version").stdout();
    if (version("node").is_err() || version("npm").is_err()) && is_debian() {
        eprintln!("Node.js is missing and will be installed: nodejs npm");
        apt(workspace, &["update", "-qq"])?;
        apt(workspace, &["install", "-y", "-qq", "--no-install-recommends", "nodejs", "npm"])?;
    }
    let node =
        version("node").context("Node.js is not installed; install it from https://nodejs.org to build the UI")?;
    version("npm").context("npm is not installed; install it with Node.js from https://nodejs.org")?;
    match major(&node) {
        Some(found) if found >= MIN_VERSION => Ok(()),
        _ => bail!("Node.js is {}; install {MIN_VERSION} or newer (https://nodejs.org)", node.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// True if a program is on the `PATH`.
pub fn has_program(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_derivatives_are_recognised() {
        assert!(is_debian_like("PRETTY_NAME=\"Debian\"\nID=debian\n"));
        assert!(is_debian_like("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian_like("ID=fedora\nVERSION_ID=43\n"));
        assert!(!is_debian_like("NAME=debian\n"), "only the ids are read");
    }

    #[test]
    fn major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
    }
}
