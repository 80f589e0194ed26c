//! Virtual display for a machine without one: Xvfb, a private session bus, and screenshots of a
//! window.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::command::Cmd;

/// Interval between two screenshots. The content of the window ends the wait, not this interval.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Number of equal screenshots after the first that make a window settled.
const EQUAL_SCREENSHOTS: u32 = 2;

/// Number of screenshots with content after which a window counts as settled: ages in seconds change
/// in each.
const MAX_SCREENSHOTS: u32 = 12;

/// Number of colours below which a window is empty: smoothed text alone has more.
const MIN_COLOURS: u32 = 64;

/// True if the environment names a display.
pub fn is_available() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A program and the processes that it started. Dropping the group ends them.
#[derive(Debug)]
pub struct ProcessGroup {
    leader: Child,
    /// True if it shares our process group, and so receives the terminal's Ctrl+C.
    shared: bool,
}

impl ProcessGroup {
    fn start(command: &mut Command, shared: bool) -> Result<Self> {
        if !shared {
            command.process_group(0);
        }
        let leader = command.spawn().with_context(|| format!("failed to start {}", command.get_program().display()))?;
        Ok(Self { leader, shared })
    }

    /// Waits until the program ends.
    pub fn wait(&mut self) -> Result<()> {
        self.leader.wait().context("failed to wait for the app")?;
        Ok(())
    }

    fn has_ended(&mut self) -> bool {
        self.leader.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        // A program that has already ended cannot be signalled, and need not be.
        if self.shared {
            let _ = self.leader.kill();
        } else if let Some(leader) = i32::try_from(self.leader.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(leader, Signal::TERM);
        }
        let _ = self.leader.wait();
    }
}

/// A running X server without a screen.
#[derive(Debug)]
pub struct Display {
    name: String,
    server: ProcessGroup,
}

impl Display {
    /// Starts Xvfb on a free display number, and waits until it is ready. With `shared`, Ctrl+C at the
    /// terminal ends the server and the programs on it.
    pub fn start(width: u32, height: u32, shared: bool) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = ProcessGroup::start(&mut command, shared)?;
        let stdout = server.leader.stdout.take().context("Xvfb has no standard output")?;
        let mut number = String::new();
        // Xvfb writes the line when it is ready; the stream ends if it dies first.
        BufReader::new(stdout.take(16)).read_line(&mut number).context("failed to read Xvfb's display number")?;
        if number.trim().is_empty() {
            bail!("Xvfb ended before it was ready");
        }
        Ok(Self { name: format!(":{}", number.trim()), server })
    }

    /// Starts a program on the display, with a private session bus. Writes its output to `log`.
    pub fn open(&self, program: &Path, log: &Path) -> Result<ProcessGroup> {
        let log = File::create(log).with_context(|| format!("failed to create {}", log.display()))?;
        let mut command = Command::new("dbus-run-session");
        command
            .arg("--")
            .arg(program)
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("failed to share the log")?)
            .stderr(log);
        ProcessGroup::start(&mut command, self.server.shared)
    }

    /// Waits until a window with this title shows settled content, and writes a screenshot of it.
    pub fn capture(&self, title: &str, app: &mut ProcessGroup, picture: &Path, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        let (mut last, mut equal, mut taken) = (String::new(), 0, 0);
        while Instant::now() < deadline {
            if app.has_ended() {
                bail!("the app ended before it showed its window");
            }
            if let Some(signature) = self.screenshot(title, picture) {
                equal = if signature == last { equal + 1 } else { 0 };
                last = signature;
                taken += 1;
                if equal >= EQUAL_SCREENSHOTS || taken >= MAX_SCREENSHOTS {
                    return Ok(());
                }
            }
            thread::sleep(POLL_INTERVAL);
        }
        bail!("no window {title:?} with settled content within {} s", timeout.as_secs())
    }

    /// Writes a screenshot. Returns its signature, or nothing if the window is missing or empty.
    fn screenshot(&self, title: &str, picture: &Path) -> Option<String> {
        let folder = picture.parent()?;
        let cmd = |program: &str| Cmd::new(program, folder).env("DISPLAY", &self.name);
        let windows = cmd("xdotool").args(["search", "--onlyvisible", "--name", title]).stdout().ok()?;
        let window = windows.lines().last()?.to_owned();
        cmd("import").args(["-window", &window]).arg(picture).stdout().ok()?;
        let found = cmd("identify").args(["-format", "%k %#"]).arg(picture).stdout().ok()?;
        let (colours, signature) = found.split_once(' ')?;
        (colours.parse::<u32>().ok()? >= MIN_COLOURS).then(|| signature.to_owned())
    }
}

/// Default path of the screenshot.
pub fn default_picture(artifacts: &Path) -> PathBuf {
    artifacts.join("nephoscope.png")
}
