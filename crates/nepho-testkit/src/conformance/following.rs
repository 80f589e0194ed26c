//! The cases about `progress`: the cloud's operation of an accepted action.

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, Provider, State,
    provider::{Progress, Submission, Target, Ticket},
};

use super::{Flaw, Harness, Verdict, ensure, reading::state_of};

/// The most reads of an operation before it must have ended.
const MOST_LOOKS: usize = 10;

/// Sends the action, which each target must accept; returns the tickets in the targets' order.
async fn accepted(provider: &dyn Provider, action: Action, targets: &[Target]) -> Result<Vec<Ticket>, Flaw> {
    let answers: Vec<Submission> = provider.submit(action.into(), targets).collect().await;
    let ticket = |target: &Target| {
        let answer = answers.iter().find(|answer| answer.key == target.key);
        let accepted = answer.and_then(|answer| answer.outcome.as_ref().ok());
        let ticket = accepted.and_then(|accepted| accepted.ticket.clone());
        ticket.ok_or_else(|| Flaw::Broken(format!("no ticket for {action} of {}: {answer:?}", target.key)))
    };
    targets.iter().map(ticket).collect()
}

/// Reads the operations, in the tickets' order.
async fn read(provider: &dyn Provider, tickets: &[Ticket]) -> Result<Vec<Progress>, Flaw> {
    let answers = provider.progress(tickets).await;
    ensure(answers.len() == tickets.len(), || format!("{} answers to {} tickets", answers.len(), tickets.len()))?;
    let each = answers.into_iter().map(|answer| answer.map_err(|error| Flaw::Broken(format!("progress: {error}"))));
    each.collect()
}

/// Reads the operations once everything has settled.
async fn read_in_the_end(
    harness: &dyn Harness,
    provider: &dyn Provider,
    tickets: &[Ticket],
) -> Result<Vec<Progress>, Flaw> {
    let mut last = Vec::new();
    for _ in 0..MOST_LOOKS {
        harness.settle().await;
        last = read(provider, tickets).await?;
        if !last.contains(&Progress::Underway) {
            break;
        }
    }
    Ok(last)
}

pub(super) async fn tickets_reach_their_end(harness: &dyn Harness) -> Verdict {
    let targets = [harness.create(State::Running).await?, harness.create(State::Running).await?];
    let provider = harness.provider(Access::ReadWrite).await;
    let tickets = accepted(&*provider, Action::Stop, &targets).await?;
    ensure(tickets[0] != tickets[1], || format!("one ticket for two: {tickets:?}"))?;
    for (target, progress) in targets.iter().zip(read(&*provider, &tickets).await?) {
        let seen = state_of(&*provider, target).await;
        let agrees = match &progress {
            Progress::Underway => true,
            Progress::Done => seen == Ok(State::Stopped),
            Progress::Failed(_) => false,
        };
        ensure(agrees, || format!("{} is {seen:?}, and its operation is {progress:?}", target.key))?;
    }
    let end = read_in_the_end(harness, &*provider, &tickets).await?;
    ensure(end == [Progress::Done, Progress::Done], || format!("in the end: {end:?}"))?;
    let again = read(&*provider, &tickets).await?;
    ensure(again == end, || format!("first {end:?}, then {again:?}"))
}

pub(super) async fn failed_actions_are_reported(harness: &dyn Harness) -> Verdict {
    let targets = [harness.create(State::Running).await?, harness.create(State::Running).await?];
    harness.fail_next(&targets[1]).await?;
    let provider = harness.provider(Access::ReadWrite).await;
    let tickets = accepted(&*provider, Action::Stop, &targets).await?;
    let end = read_in_the_end(harness, &*provider, &tickets).await?;
    ensure(matches!(end[..], [Progress::Done, Progress::Failed(_)]), || format!("in the end: {end:?}"))?;
    for (target, state) in targets.iter().zip([State::Stopped, State::Running]) {
        let seen = state_of(&*provider, target).await;
        ensure(seen == Ok(state), || format!("{} is {seen:?}, not {state}", target.key))?;
    }
    Ok(())
}
