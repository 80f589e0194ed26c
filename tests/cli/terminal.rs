//! On a terminal `nepho` asks, and sends what the operator answers.

use std::process::Command;

use nepho_core::State;
use nepho_testkit::{ec2::id, python::python_environment};

use super::{
    cloud::{cloud, mutations, operator_of},
    harness::Nepho,
};
use crate::e2e::process::built;

/// Runs a command on a new terminal, and types one line after a prompt.
const SCRIPT: &str = r"
import os, pty, sys
asked, answer, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said, typed = b'', False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    said += piece
    if not typed and asked in said:
        os.write(terminal, answer + b'\n')
        typed = True
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if typed else 99)
";

/// Returns the exit code and the terminal's contents.
fn on_a_terminal(nepho: &Nepho, arguments: &[&str], asked: &str, answer: &str) -> (Option<i32>, String) {
    let mut command: Command = nepho.command(python_environment().expect("python"));
    command.args(["-c", SCRIPT, asked, answer]).arg(built("nepho")).args(arguments);
    let output = command.output().expect("python");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said)
}

#[test]
fn a_click_is_a_y_and_anything_else_sends_nothing() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    for answer in ["n", "", "yes please"] {
        let (code, said) = on_a_terminal(&nepho, &["stop", "web-1"], "[y/N]", answer);
        assert_eq!((code, mutations(&cloud)), (Some(2), 0), "{said}");
        assert!(said.contains("web-1") && said.contains(&id(1)), "it says what it is about: {said}");
    }
    let (code, said) = on_a_terminal(&nepho, &["stop", "web-1", "--wait"], "[y/N]", "y");
    assert_eq!((code, cloud.state("eu-west-1", &id(1))), (Some(0), Some(State::Stopped)), "{said}");
}

#[test]
fn terminate_needs_the_name_typed_on_the_terminal() {
    let cloud = cloud();
    let nepho = operator_of(&cloud);
    for answer in ["y", "web-2", ""] {
        let (code, said) = on_a_terminal(&nepho, &["terminate", "web-1", "--yes"], "type web-1", answer);
        assert_eq!((code, mutations(&cloud)), (Some(4), 0), "{said}");
    }
    let (code, said) = on_a_terminal(&nepho, &["terminate", "web-1"], "type web-1", "web-1");
    assert_eq!((code, mutations(&cloud)), (Some(0), 1), "{said}");
    // A run with `--json` is a script, even on a terminal.
    let (code, said) = on_a_terminal(&nepho, &["stop", "web-2", "--json"], "confirm with --yes", "y");
    assert_eq!((code, mutations(&cloud)), (Some(2), 1), "{said}");
}
