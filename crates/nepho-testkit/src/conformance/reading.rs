//! The cases about `verify`, `observe` and traffic.

use nepho_core::{
    Access, Action, Document, Provider, ProviderError, ResourceKey, State,
    provider::{Detail, Preflight, ReadResource, ReadResult, Target},
};
use serde_json::Value;

use super::{Flaw, Harness, Verdict, ensure, listing::Swept};

pub(super) async fn verify_is_stable(harness: &dyn Harness) -> Verdict {
    let provider = harness.provider(Access::ReadOnly).await;
    let verify = async || provider.verify().await.map_err(|error| format!("verify: {error}"));
    let (first, again) = (verify().await?, verify().await?);
    ensure(first == again, || format!("first {first}, then {again}"))?;
    let named = !first.realm.as_str().is_empty() && !first.principal.is_empty();
    ensure(named, || format!("no realm or no principal: {first}"))
}

/// Makes three resources: more than one and fewer than any batch.
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

/// Reads one target.
pub(super) async fn look(
    provider: &dyn Provider,
    target: &Target,
    detail: Detail,
) -> Result<ReadResource, ProviderError> {
    let answers = provider.observe(std::slice::from_ref(target), detail).await;
    let found = answers.into_iter().find(|answer| answer.key == target.key);
    found.map_or_else(|| Err(ProviderError::NotFound { key: target.key.clone() }), |answer| answer.seen)
}

/// Returns the target's state in a read for following.
pub(super) async fn state_of(provider: &dyn Provider, target: &Target) -> Result<State, ProviderError> {
    look(provider, target, Detail::State).await.map(|seen| seen.listed.resource.state)
}

pub(super) async fn observe_answers_each_key(harness: &dyn Harness) -> Verdict {
    let keys = three(harness).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    for detail in [Detail::State, Detail::Plan(Action::Stop), Detail::Document] {
        let answers = provider.observe(&keys, detail).await;
        once_each(&keys, &answers.iter().map(|answer| &answer.key).collect::<Vec<_>>())?;
        for ReadResult { key, seen } in &answers {
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
    for ReadResult { key, seen } in &answers {
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
        let seen = state_of(&*provider, &target).await;
        ensure(seen == Ok(state), || format!("{key} is {state}, and was seen as {seen:?}"))?;
    }
    Ok(())
}

pub(super) async fn plan_reads_include_preflight(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let following = look(&*provider, &target, Detail::State).await.map(|seen| seen.preflight);
    ensure(following == Ok(Preflight::default()), || format!("for following: {following:?}"))?;
    let planning = look(&*provider, &target, Detail::Plan(Action::Stop)).await.map(|seen| seen.preflight);
    let included = planning.as_ref().is_ok_and(|found| (found.stop, found.termination) == (Some(false), Some(false)));
    ensure(included, || format!("for a plan about an unprotected resource: {planning:?}"))
}

pub(super) async fn plan_reports_permission(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let permitted = async |action: Action| {
        let provider = harness.provider(Access::ReadWrite).await;
        look(&*provider, &target, Detail::Plan(action)).await.map(|seen| seen.preflight.permitted)
    };
    let before = permitted(Action::Stop).await;
    ensure(before == Ok(Some(true)), || format!("permitted, and reported as {before:?}"))?;
    harness.forbid(&target, Action::Stop).await?;
    let (stop, reboot) = (permitted(Action::Stop).await, permitted(Action::Reboot).await);
    ensure(stop == Ok(Some(false)), || format!("forbidden, and reported as {stop:?}"))?;
    ensure(reboot == Ok(Some(true)), || format!("another action was forbidden, and this one is reported as {reboot:?}"))
}

pub(super) async fn full_document_contains_listed(harness: &dyn Harness) -> Verdict {
    let target = harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let swept = Swept::of(&*provider).await?;
    let mut rows = swept.rows().map(|(_, row)| row);
    let listed = rows.find(|row| row.resource.key == target.key);
    let listed = listed.ok_or_else(|| format!("{} is not listed", target.key))?;
    let read = look(&*provider, &target, Detail::Document).await.map_err(|error| format!("the document: {error}"))?;
    ensure(read.preflight == Preflight::default(), || format!("a preflight without a plan: {:?}", read.preflight))?;
    let json = |document: &Document| -> Result<Value, Flaw> {
        let text = harness.descriptor().document_json(document).map_err(|error| error.to_string())?;
        Ok(serde_json::from_str(&text).map_err(|error| error.to_string())?)
    };
    let (part, whole) = (json(&listed.document)?, json(&read.listed.document)?);
    ensure(has_all_of(&whole, &part), || format!("{whole} lacks something of {part}"))
}

/// Returns true if every member of `part`, however deep, is in `whole` with the same value.
fn has_all_of(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| has_all_of(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| has_all_of(whole, part))
        }
        _ => whole == part,
    }
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
