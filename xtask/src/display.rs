//! A virtual display, for a machine that has none: Xvfb, a private session bus, and a look at what
//! a window shows.

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

use crate::process::Run;

/// How often to look again while waiting for something on the screen. The wait ends by what is
/// seen, not by this.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// A window is settled when it looks the same this many times after the first…
const SETTLED: u32 = 2;

/// …or when it has shown content this often: ages that are counted in seconds never stand still.
const SEEN: u32 = 12;

/// Fewer colours than this is an empty window: text alone, smoothed, has more.
const COLOURS_OF_CONTENT: u32 = 64;

/// Whether a window could be opened where this runs.
pub fn is_here() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A program and everything that it started; ended when dropped.
#[derive(Debug)]
pub struct Group {
    leader: Child,
    /// Whether it shares our process group, and so the terminal's Ctrl+C.
    shared: bool,
}

impl Group {
    fn start(command: &mut Command, shared: bool) -> Result<Self> {
        if !shared {
            command.process_group(0);
        }
        let leader = command.spawn().with_context(|| format!("failed to start {}", command.get_program().display()))?;
        Ok(Self { leader, shared })
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> Result<()> {
        self.leader.wait().context("failed to wait for the app")?;
        Ok(())
    }

    fn has_ended(&mut self) -> bool {
        self.leader.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It may have ended already; then there is nobody to tell.
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
    server: Group,
}

impl Display {
    /// Starts one on a number that is free, and waits until it says that it is ready. With
    /// `shared`, Ctrl+C at the terminal ends it and what is opened on it.
    pub fn start(width: u32, height: u32, shared: bool) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Group::start(&mut command, shared)?;
        let stdout = server.leader.stdout.take().context("Xvfb has no standard output")?;
        let mut number = String::new();
        // The line comes when the server is ready; the stream ends if it dies first.
        BufReader::new(stdout.take(16)).read_line(&mut number).context("failed to read Xvfb's display number")?;
        if number.trim().is_empty() {
            bail!("Xvfb ended before it was ready");
        }
        Ok(Self { name: format!(":{}", number.trim()), server })
    }

    /// Starts a program on it, with a session bus of its own. What it prints goes to `log`.
    pub fn open(&self, program: &Path, log: &Path) -> Result<Group> {
        let log = File::create(log).with_context(|| format!("failed to write {}", log.display()))?;
        let mut command = Command::new("dbus-run-session");
        command
            .arg("--")
            .arg(program)
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("failed to share the log")?)
            .stderr(log);
        Group::start(&mut command, self.server.shared)
    }

    /// Waits until a window of that title shows settled content, and writes a picture of it.
    pub fn capture(&self, title: &str, app: &mut Group, picture: &Path, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        let (mut last, mut same, mut looks) = (String::new(), 0, 0);
        while Instant::now() < deadline {
            if app.has_ended() {
                bail!("the app ended before it showed its window");
            }
            if let Some(seen) = self.look(title, picture) {
                same = if seen == last { same + 1 } else { 0 };
                last = seen;
                looks += 1;
                if same >= SETTLED || looks >= SEEN {
                    return Ok(());
                }
            }
            thread::sleep(LOOK_AGAIN);
        }
        bail!("no window {title:?} with settled content within {} s", limit.as_secs())
    }

    /// One look: the picture's signature, or nothing while there is no window or it is empty.
    fn look(&self, title: &str, picture: &Path) -> Option<String> {
        let folder = picture.parent()?;
        let run = |program: &str| Run::new(program, folder).env("DISPLAY", &self.name);
        let windows = run("xdotool").args(["search", "--onlyvisible", "--name", title]).stdout().ok()?;
        let window = windows.lines().last()?.to_owned();
        run("import").args(["-window", &window]).arg(picture).stdout().ok()?;
        let seen = run("identify").args(["-format", "%k %#"]).arg(picture).stdout().ok()?;
        let (colours, signature) = seen.split_once(' ')?;
        (colours.parse::<u32>().ok()? >= COLOURS_OF_CONTENT).then(|| signature.to_owned())
    }
}

/// Where a screenshot goes when the person named no place.
pub fn default_picture(artifacts: &Path) -> PathBuf {
    artifacts.join("nephoscope.png")
}
