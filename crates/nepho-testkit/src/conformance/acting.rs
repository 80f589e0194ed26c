//! The cases about `submit`.

use futures::StreamExt as _;
use nepho_core::{
    Access, Action, Provider, ProviderError, State,
    provider::{Detail, Submission, Target},
};

use super::{Harness, Verdict, ensure, listing::Swept, reading::state_of};

pub(super) async fn submit_acts(harness: &dyn Harness) -> Verdict {
    let targets = [harness.create(State::Running).await?, harness.create(State::Running).await?];
    let provider = harness.provider(Access::ReadWrite).await;
    for action in [Action::Stop, Action::Start, Action::Reboot, Action::Terminate] {
        act_and_see(harness, &*provider, action, &targets).await?;
    }
    Ok(())
}

/// Sends the action and lets it settle; checks that each target is answered once and ends in the
/// goal.
async fn act_and_see(harness: &dyn Harness, provider: &dyn Provider, action: Action, targets: &[Target]) -> Verdict {
    let answers: Vec<Submission> = provider.submit(action.into(), targets).collect().await;
    for Target { key, .. } in targets {
        let mut own = answers.iter().filter(|answer| answer.key == *key);
        let (first, second) = (own.next(), own.next());
        ensure(first.is_some() && second.is_none(), || format!("{action}: {key} not answered once: {answers:?}"))?;
        let accepted = first.and_then(|answer| answer.outcome.as_ref().ok());
        let Some(accepted) = accepted else { return Err(format!("{action} of {key}: {first:?}").into()) };
        let named = accepted.state.is_none_or(|state| state == action.transition() || action.goal().holds(state));
        ensure(named, || format!("{action} was answered with {accepted:?}"))?;
        ensure(accepted.state.is_some() != accepted.raw_state.is_empty(), || format!("half a state: {accepted:?}"))?;
    }
    harness.settle().await;
    for target in targets {
        let key = &target.key;
        let seen = state_of(provider, target).await;
        let gone = action == Action::Terminate && matches!(seen, Err(ProviderError::NotFound { .. }));
        ensure(gone || seen == Ok(action.goal().state()), || format!("after {action}, {key} is {seen:?}"))?;
    }
    Ok(())
}

pub(super) async fn suspends_and_resumes(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadWrite).await;
    for action in [Action::Suspend, Action::Resume] {
        act_and_see(harness, &*provider, action, std::slice::from_ref(&target)).await?;
        let swept = Swept::of(&*provider).await?;
        let mut listed = swept.rows().map(|(_, row)| &row.resource).filter(|listed| listed.key == target.key);
        let found = listed.next().map(|found| found.state);
        ensure(found == Some(action.goal().state()), || {
            format!("after {action}, {} is listed as {found:?}", target.key)
        })?;
    }
    Ok(())
}

pub(super) async fn submit_isolates_unknown(harness: &dyn Harness) -> Verdict {
    let unknown = harness.unknown();
    let targets = [harness.create(State::Running).await?, unknown.clone(), harness.create(State::Running).await?];
    let provider = harness.provider(Access::ReadWrite).await;
    let answers: Vec<Submission> = provider.submit(Action::Stop.into(), &targets).collect().await;
    ensure(answers.len() == targets.len(), || format!("{} answers to {} keys", answers.len(), targets.len()))?;
    for Submission { key, outcome } in &answers {
        if *key == unknown.key {
            let refused = matches!(outcome, Err(ProviderError::NotFound { .. }));
            ensure(refused, || format!("the unknown key was answered with {outcome:?}"))?;
        } else {
            ensure(outcome.is_ok(), || format!("{key} was spoiled: {outcome:?}"))?;
        }
    }
    harness.settle().await;
    for target in targets.iter().filter(|target| **target != unknown) {
        let seen = state_of(&*provider, target).await;
        ensure(seen == Ok(State::Stopped), || format!("{} is {seen:?}", target.key))?;
    }
    Ok(())
}

// Invariant 8
pub(super) async fn read_only_sends_nothing(harness: &dyn Harness) -> Verdict {
    let targets = [harness.create(State::Running).await?, harness.create(State::Stopped).await?];
    let provider = harness.provider(Access::ReadOnly).await;
    let (mutations, traffic) = (harness.mutations().await?, provider.traffic());
    for action in Action::ALL {
        let answers: Vec<Submission> = provider.submit(action.into(), &targets).collect().await;
        ensure(answers.len() == targets.len(), || format!("{} answers to {} keys", answers.len(), targets.len()))?;
        let refused = answers.iter().all(|answer| answer.outcome == Err(ProviderError::ReadOnly));
        ensure(refused, || format!("{action}: {answers:?}"))?;
    }
    ensure(provider.traffic() == traffic, || "something was sent".to_owned())?;
    ensure(harness.mutations().await? == mutations, || "the cloud has seen a mutation".to_owned())
}

pub(super) async fn nothing_for_nothing(harness: &dyn Harness) -> Verdict {
    let provider = harness.provider(Access::ReadWrite).await;
    // The provider may first request what it requests once per credential.
    provider.verify().await.map_err(|error| format!("verify: {error}"))?;
    let before = provider.traffic();
    let items = provider.list(&[]).count().await;
    let read = provider.observe(&[], Detail::Plan(Action::Stop)).await.len();
    let done = provider.submit(Action::Stop.into(), &[]).count().await;
    ensure((items, read, done) == (0, 0, 0), || format!("{items} items, {read} readings, {done} submissions"))?;
    let read = provider.progress(&[]).await.len();
    ensure(read == 0, || format!("{read} answers to no ticket"))?;
    ensure(provider.traffic() == before, || "something was sent".to_owned())
}
