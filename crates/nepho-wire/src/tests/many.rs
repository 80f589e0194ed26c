//! Plans and operations of many targets: counted whole, shown in part, the important ones first.

use nepho_core::{
    AccountId,
    plan::{CommitRefusal as Refused, Plan as Planned, Refusal, Verdict as Judged, Warning},
    report::{Follower, TargetStatus as Status},
};

use super::fixture;
use crate::{
    cli::ActionJson,
    enums::TargetStatus,
    limits::MAX_LIMIT,
    operation::{Operation, OperationCounts, Operations},
    plan::{CommitRefusal, Plan, Verdict},
};

const MOST: usize = MAX_LIMIT as usize;

/// A thousand eligible targets, and at the end those that must not be missed.
fn plan() -> Planned {
    let mut plan = fixture::plan();
    let model = plan.targets.remove(0);
    plan.targets.clear();
    for at in 0..1_000 {
        let mut target = model.clone();
        target.key = fixture::key(&format!("i-{at}"));
        target.account = AccountId::new(if at % 2 == 0 { "a" } else { "b" });
        target.verdict = Judged::Eligible;
        target.warnings = Vec::new();
        match at {
            0 => target.verdict = Judged::Already,
            998 => target.warnings = vec![Warning::Spot, Warning::LocalDisksLost],
            999 => {
                target.account = AccountId::new("c");
                target.verdict = Judged::Refused(Refusal::Protected);
            }
            _ => {}
        }
        plan.targets.push(target);
    }
    plan
}

#[test]
fn a_large_plan_is_counted_whole_and_shown_in_part() {
    let shown = Plan::from(&plan());
    let counts = &shown.counts;
    assert_eq!((counts.total, counts.eligible, counts.already, counts.refused), (1_000, 998, 1, 1));
    assert_eq!(counts.accounts, 2, "nothing is sent to the third");
    let warnings: Vec<_> = counts.warnings.iter().map(|one| (one.code, one.count)).collect();
    assert_eq!(warnings, [("local_disks_lost", 1), ("spot", 1)]);
    let refusals: Vec<_> = counts.refusals.iter().map(|one| (one.code, one.count)).collect();
    assert_eq!(refusals, [("protected", 1)]);
    let first: Vec<_> = shown.targets.iter().take(4).map(|target| target.id.as_str()).collect();
    assert_eq!(first, ["i-998", "i-1", "i-2", "i-3"]);
    assert_eq!(shown.targets.len(), MOST);
    let left_out: Vec<_> =
        shown.targets.iter().map(|target| target.verdict).filter(|it| *it != Verdict::Eligible).collect();
    assert_eq!(left_out, [Verdict::Refused, Verdict::Already], "each reason has its example");
}

#[test]
fn the_command_line_gets_every_target_in_the_order_asked() {
    let shown = ActionJson::new(&plan(), &[], None);
    assert_eq!(shown.plan.len(), 1_000);
    assert!(shown.plan[999].key.ends_with("i-999"));
}

#[test]
fn a_commit_names_only_the_first_of_what_changed() {
    let changed = (0..1_000).map(|at| fixture::key(&format!("i-{at}"))).collect();
    let CommitRefusal::Changed { count, changed } = (&Refused::Changed { changed }).into() else { panic!("changed") };
    assert_eq!((count, changed.len()), (1_000, MOST));
}

#[test]
fn an_operation_is_counted_whole_with_what_went_wrong_first() {
    let mut operation = fixture::operation();
    let one = operation.targets.remove(0);
    let mut add = |id: &str, status, running: bool| {
        let mut target = one.clone();
        (target.result.key, target.result.status) = (fixture::key(id), status);
        target.follower = running.then_some(Follower::Here);
        operation.targets.push(target);
    };
    add("i-done", Status::Done, false);
    add("i-sent", Status::Sent, false);
    add("i-held", Status::NotSent, false);
    add("i-there", Status::Already, false);
    add("i-moving", Status::Sent, true);
    add("i-lost", Status::Unknown, false);
    add("i-failed", Status::Failed, false);
    add("i-refused", Status::Refused, false);
    let shown = Operation::new(&operation, MOST);
    let one_of_each = OperationCounts {
        total: 8,
        running: 1,
        sent: 1,
        done: 1,
        already: 1,
        refused: 1,
        failed: 1,
        not_sent: 1,
        unknown: 1,
    };
    assert_eq!(shown.counts, one_of_each);
    let order: Vec<_> = shown.targets.iter().map(|target| target.id.as_str()).collect();
    assert_eq!(order, ["i-held", "i-failed", "i-refused", "i-lost", "i-moving", "i-done", "i-sent", "i-there"]);
    let least = Operation::new(&operation, 1);
    assert_eq!((least.targets.len(), least.targets[0].status), (1, TargetStatus::NotSent));
    assert_eq!(least.counts, shown.counts);
}

#[test]
fn all_operations_of_a_reply_share_its_rows() {
    let of = |targets: usize| {
        let mut operation = fixture::operation();
        operation.targets = vec![operation.targets[0].clone(); targets];
        operation
    };
    let shares = |sizes: &[usize]| -> Vec<usize> {
        let operations: Vec<_> = sizes.iter().copied().map(of).collect();
        Operations::new(&operations).operations.iter().map(|shown| shown.targets.len()).collect()
    };
    assert_eq!(shares(&[]), [0; 0]);
    assert_eq!(shares(&[3, 200]), [3, 197]);
    assert_eq!(shares(&[1_000, 1, 1_000]), [99, 1, 99]);
    assert_eq!(shares(&[1_000; MOST]), [1; MOST]);
}
