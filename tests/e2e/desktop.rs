//! A private desktop: a display, a bus, a keyring and a home of one test.

use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::process::{Group, built, output, until};

/// The keyring of a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// A gnome-keyring that is unlocked.
    Open,
    /// No keyring: nothing answers on the bus.
    Absent,
}

/// The size of the display.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub u32, pub u32);

impl Default for Size {
    fn default() -> Self {
        Self(1280, 800)
    }
}

/// Takes pictures of a desktop's display.
#[derive(Debug)]
pub struct Camera {
    environment: Vec<(String, String)>,
}

impl Camera {
    /// Writes what the display shows into `path`.
    pub fn photograph(&self, path: &Path) {
        let mut command = Command::new("import");
        command.env_clear().envs(self.environment.iter().cloned()).args(["-window", "root"]).arg(path);
        output(&mut command);
    }
}

/// A private desktop; everything on it ends with it.
#[derive(Debug)]
pub struct Desktop {
    home: TempDir,
    environment: Vec<(String, String)>,
    size: Size,
    processes: Vec<Group>,
}

impl Desktop {
    /// Starts display, then bus, then keyring: gnome-keyring must find the first two.
    pub async fn new(keyring: Keyring, size: Size) -> Self {
        let home = TempDir::with_prefix("nepho-desk").expect("a directory");
        let at = |name: &str| home.path().join(name).display().to_string();
        for name in ["run", "data", "config", "cache", "state"] {
            std::fs::create_dir(home.path().join(name)).expect("a directory");
        }
        std::fs::set_permissions(home.path().join("run"), std::fs::Permissions::from_mode(0o700)).expect("permissions");
        let mut environment: Vec<(String, String)> = [
            ("HOME", at("")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("XDG_DATA_HOME", at("data")),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_CACHE_HOME", at("cache")),
            ("XDG_STATE_HOME", at("state")),
            ("NEPHOSCOPE_DATA_DIR", at("nephoscope")),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("PATH", std::env::var("PATH").expect("a path")),
            ("GTK_A11Y", "none".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        let (display, screen) = display(&environment, size);
        environment.push(("DISPLAY".to_owned(), display));
        let (address, bus) = bus(&environment);
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), address));
        let mut processes = vec![screen, bus];
        if keyring == Keyring::Open {
            processes.push(gnome_keyring(&environment, home.path()));
        }
        let desktop = Self { home, environment, size, processes };
        if keyring == Keyring::Open {
            desktop.await_keyring(None).await;
        }
        desktop
    }

    /// Starts an unlocked keyring, in place of one that is locked or was never set up.
    pub async fn start_keyring(&mut self) {
        let before = self.keyring_owner();
        self.processes.push(gnome_keyring(&self.environment, self.home.path()));
        self.await_keyring(before).await;
    }

    /// Waits until a keyring other than `before` answers. An earlier request would reach `before`, or make
    /// the bus start another keyring, a locked one.
    async fn await_keyring(&self, before: Option<String>) {
        let is_new = |owner: &String| Some(owner) != before.as_ref();
        until("the keyring's name", Duration::from_secs(20), async || self.keyring_owner().filter(is_new)).await;
        until("the keyring to answer", Duration::from_secs(20), async || self.keyring_answers().then_some(())).await;
    }

    /// Returns a command that runs on this desktop, without the environment of any other.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs `nepho` on this desktop; it must succeed.
    pub fn nepho(&self, arguments: &[&str]) -> String {
        output(self.command(built("nepho")).args(arguments))
    }

    /// Returns the desktop's home; the app writes only below it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns Nephoscope's data directory.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("nephoscope")
    }

    /// Returns the size of its display.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Returns a camera of the display.
    pub fn camera(&self) -> Camera {
        Camera { environment: self.environment.clone() }
    }

    /// Returns what `secret-tool` finds in the keyring, secrets included.
    pub fn secrets(&self) -> String {
        let search = ["search", "--all", "--unlock", "service", "dev.nephoscope.Nephoscope"];
        let output = self.command("secret-tool").args(search).stdin(Stdio::null()).output().expect("secret-tool");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    }

    /// Locks the keyring's login collection, as a screen lock may.
    pub fn lock_keyring(&self) {
        let collection = "array:objpath:/org/freedesktop/secrets/collection/login";
        let call = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"];
        output(self.command("dbus-send").args(call).args(["org.freedesktop.Secret.Service.Lock", collection]));
    }

    /// Returns every regular file below the home with its bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(directory: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    walk(&entry.path(), files);
                } else if kind.is_file() {
                    files.extend(std::fs::read(entry.path()).ok().map(|bytes| (entry.path(), bytes)));
                }
            }
        }
        let mut files = Vec::new();
        walk(self.home(), &mut files);
        files
    }

    /// Returns the bus name of the keyring's process, if there is one.
    fn keyring_owner(&self) -> Option<String> {
        let mut ask = self.command("dbus-send");
        ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        ask.args(["org.freedesktop.DBus.GetNameOwner", "string:org.freedesktop.secrets"]);
        let reply = ask.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&reply.stdout).trim().to_owned())
    }

    fn keyring_answers(&self) -> bool {
        let mut store = self.command("secret-tool");
        store.args(["store", "--label=probe", "probe", "probe"]).stdin(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = store.spawn() else { return false };
        drop(child.stdin.take().map(|mut stdin| stdin.write_all(b"probe")));
        child.wait().is_ok_and(|status| status.success())
    }
}

/// Starts a virtual display on a free number.
fn display(environment: &[(String, String)], Size(width, height): Size) -> (String, Group) {
    let mut command = Command::new("Xvfb");
    command.env_clear().envs(environment.iter().cloned()).args(["-displayfd", "1", "-screen", "0"]);
    command.arg(format!("{width}x{height}x24")).args(["-nolisten", "tcp", "-noreset"]);
    let mut process = Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()));
    (format!(":{}", process.first_line()), process)
}

/// Starts a private session bus.
fn bus(environment: &[(String, String)]) -> (String, Group) {
    let mut command = Command::new("dbus-daemon");
    command.env_clear().envs(environment.iter().cloned()).args(["--session", "--nofork", "--print-address=1"]);
    let mut process = Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()));
    (process.first_line(), process)
}

/// Starts a gnome-keyring and unlocks it at once: unlocking it later does nothing.
fn gnome_keyring(environment: &[(String, String)], home: &Path) -> Group {
    let mut command = Command::new("gnome-keyring-daemon");
    command.env_clear().envs(environment.iter().cloned());
    command.args(["--foreground", "--replace", "--unlock", "--components=secrets"]);
    command.arg("--control-directory").arg(home.join("run/keyring")).stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = Group::start(&mut command);
    process.type_in(b"pw");
    process
}
