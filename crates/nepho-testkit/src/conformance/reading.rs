//! The cases about `verify`, `observe` and traffic.

use nepho_core::{
    Access, Action, Provider, ProviderError, ResourceKey, State,
    provider::{Detail, Observation, Observed, Protections, Target},
};

use super::{Flaw, Harness, Verdict, ensure, listing::Swept};

pub(super) async fn verify_is_stable(harness: &dyn Harness) -> Verdict {
    let provider = harness.provider(Access::ReadOnly).await;
    let verify = async || provider.verify().await.map_err(|error| format!("verify: {error}"));
    let (first, again) = (verify().await?, verify().await?);
    ensure(first == again, || format!("first {first}, then {again}"))?;
    let named = !first.realm.as_str().is_empty() && !first.principal.is_empty();
    ensure(named, || format!("nobody, nowhere: {first}"))
}

/// Three keys, which is more than one and fewer than any batch.
async fn three(harness: &dyn Harness) -> Result<Vec<Target>, Flaw> {
    let mut keys = Vec::new();
    for state in [State::Running, State::Stopped, State::Running] {
        keys.push(harness.create(state).await?);
    }
    Ok(keys)
}

fn once_each(targets: &[Target], answers: &[&ResourceKey]) -> Verdict {
    for Target { key, .. } in targets {
        let count = answers.iter().filter(|answer| **answer == key).count();
        ensure(count == 1, || format!("{key} was answered {count} times"))?;
    }
    ensure(answers.len() == targets.len(), || format!("{} answers to {} keys", answers.len(), targets.len()))
}

/// What was seen of the key.
pub(super) async fn look(
    provider: &dyn Provider,
    target: &Target,
    detail: Detail,
) -> Result<Observed, ProviderError> {
    let answers = provider.observe(std::slice::from_ref(target), detail).await;
    let found = answers.into_iter().find(|answer| answer.key == target.key);
    found.map_or_else(|| Err(ProviderError::NotFound { key: target.key.clone() }), |answer| answer.seen)
}

pub(super) async fn observe_answers_each_key(harness: &dyn Harness) -> Verdict {
    let keys = three(harness).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    for detail in [Detail::State, Detail::Plan(Action::Stop), Detail::Document] {
        let answers = provider.observe(&keys, detail).await;
        once_each(&keys, &answers.iter().map(|answer| &answer.key).collect::<Vec<_>>())?;
        for Observation { key, seen } in &answers {
            let shown = seen.as_ref().map(|seen| &seen.listed.resource.key);
            ensure(shown == Ok(key), || format!("asked for {key}, shown {shown:?}"))?;
        }
    }
    Ok(())
}

pub(super) async fn observe_isolates_unknown(harness: &dyn Harness) -> Verdict {
    let mut keys = three(harness).await?;
    let unknown = harness.unknown();
    keys.insert(1, unknown.clone());
    let answers = harness.provider(Access::ReadOnly).await.observe(&keys, Detail::State).await;
    once_each(&keys, &answers.iter().map(|answer| &answer.key).collect::<Vec<_>>())?;
    for Observation { key, seen } in &answers {
        if *key == unknown.key {
            let not_found = matches!(seen, Err(ProviderError::NotFound { key }) if *key == unknown.key);
            ensure(not_found, || format!("the unknown key was answered with {seen:?}"))?;
        } else {
            ensure(seen.is_ok(), || format!("{key} was spoiled: {seen:?}"))?;
        }
    }
    Ok(())
}

pub(super) async fn observe_sees_changes(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let key = &target.key;
    let provider = harness.provider(Access::ReadOnly).await;
    for state in [State::Running, State::Stopped] {
        harness.change(key, state).await?;
        let seen = look(&*provider, &target, Detail::State).await.map(|seen| seen.listed.resource.state);
        ensure(seen == Ok(state), || format!("{key} is {state}, and was seen as {seen:?}"))?;
    }
    Ok(())
}

pub(super) async fn plan_detail_tells_protections(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let following = look(&*provider, &target, Detail::State).await.map(|seen| seen.protections);
    ensure(following == Ok(Protections::default()), || format!("for following: {following:?}"))?;
    let planning = look(&*provider, &target, Detail::Plan(Action::Stop)).await.map(|seen| seen.protections);
    let told = planning.as_ref().is_ok_and(|told| (told.stop, told.termination) == (Some(false), Some(false)));
    ensure(told, || format!("for a plan about an unprotected one: {planning:?}"))
}

pub(super) async fn traffic_grows(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let mut before = provider.traffic();
    for _ in 0..2 {
        Swept::of(&*provider).await?;
        let after = provider.traffic();
        let grew = after.requests > before.requests && after.bytes_in > before.bytes_in;
        ensure(grew, || format!("{before:?}, and after a listing {after:?}"))?;
        before = after;
    }
    Ok(())
}
