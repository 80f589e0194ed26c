//! The cases about `scopes` and `list`.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use nepho_core::{
    Access, FailureCode, Provider, ProviderError, Scope, State, Zone,
    fingerprint::Fingerprint,
    provider::{ListedResource, SweepItem},
};

use super::{Flaw, Harness, Verdict, ensure};

/// A complete listing: its items in order.
pub(super) struct Swept {
    scopes: Vec<Scope>,
    items: Vec<SweepItem>,
}

impl Swept {
    pub(super) async fn of(provider: &dyn Provider) -> Result<Self, Flaw> {
        let scopes = scopes(provider).await?;
        Ok(Self { items: provider.list(&scopes).collect().await, scopes })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&Scope, &ListedResource)> {
        self.items.iter().flat_map(|item| match item {
            SweepItem::Page { scope, resources } => resources.iter().map(|row| (scope, row)).collect(),
            SweepItem::Complete { .. } | SweepItem::Failed { .. } => Vec::new(),
        })
    }

    fn failed(&self) -> BTreeMap<Scope, &ProviderError> {
        let failed = self.items.iter().filter_map(|item| match item {
            SweepItem::Failed { scope, error } => Some((scope.clone(), error)),
            _ => None,
        });
        failed.collect()
    }

    /// Returns the fingerprints of all rows, except those of one scope.
    fn fingerprints(&self, converter: u32, but: Option<&Scope>) -> BTreeSet<(String, u64, u64)> {
        self.rows()
            .filter(|(scope, _)| Some(*scope) != but)
            .map(|(_, row)| {
                let key = row.resource.key.to_string();
                (key, Fingerprint::of_row(&row.resource, converter).0, Fingerprint::of_document(&row.document).0)
            })
            .collect()
    }
}

pub(super) async fn scopes(provider: &dyn Provider) -> Result<Vec<Scope>, Flaw> {
    provider.scopes().await.map_err(|error| Flaw::Broken(format!("scopes: {error}")))
}

fn of(item: &SweepItem) -> &Scope {
    match item {
        SweepItem::Page { scope, .. } | SweepItem::Complete { scope } | SweepItem::Failed { scope, .. } => scope,
    }
}

fn is_end(item: &SweepItem) -> bool {
    matches!(item, SweepItem::Complete { .. } | SweepItem::Failed { .. })
}

pub(super) async fn scopes_are_unique(harness: &dyn Harness) -> Verdict {
    let provider = harness.provider(Access::ReadOnly).await;
    let (first, again) = (scopes(&*provider).await?, scopes(&*provider).await?);
    ensure(!first.is_empty(), || "there is nothing to poll".to_owned())?;
    let set = |scopes: &[Scope]| scopes.iter().cloned().collect::<BTreeSet<_>>();
    ensure(set(&first).len() == first.len(), || format!("a scope is named twice: {first:?}"))?;
    ensure(set(&first) == set(&again), || format!("first {first:?}, then {again:?}"))
}

pub(super) async fn each_scope_ends_once(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let all = scopes(&*provider).await?;
    // Lists all scopes at once, then each alone.
    let asked = [all.clone()].into_iter().chain(all.iter().map(|one| vec![one.clone()]));
    for asked in asked {
        let items: Vec<SweepItem> = provider.list(&asked).collect().await;
        for scope in &asked {
            let ends = items.iter().filter(|item| of(item) == scope && is_end(item)).count();
            ensure(ends == 1, || format!("{scope:?} ended {ends} times"))?;
        }
        let foreign = items.iter().map(of).find(|scope| !asked.contains(scope));
        ensure(foreign.is_none(), || format!("{foreign:?} was not asked for"))?;
    }
    Ok(())
}

pub(super) async fn nothing_follows_the_end(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let swept = Swept::of(&*harness.provider(Access::ReadOnly).await).await?;
    let mut ended = BTreeSet::new();
    for item in &swept.items {
        ensure(!ended.contains(of(item)), || format!("after the end of {:?} came {item:?}", of(item)))?;
        if is_end(item) {
            ended.insert(of(item));
        }
    }
    Ok(())
}

pub(super) async fn keys_are_unique(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let swept = Swept::of(&*harness.provider(Access::ReadOnly).await).await?;
    let mut seen = BTreeSet::new();
    for (_, row) in swept.rows() {
        ensure(seen.insert(&row.resource.key), || format!("{} is listed twice", row.resource.key))?;
    }
    ensure(!seen.is_empty(), || "nothing is listed".to_owned())
}

pub(super) async fn keys_carry_their_place(harness: &dyn Harness) -> Verdict {
    let made = harness.create(State::Running).await?.key;
    let provider = harness.provider(Access::ReadOnly).await;
    let identity = provider.verify().await.map_err(|error| format!("verify: {error}"))?;
    let swept = Swept::of(&*provider).await?;
    for (scope, row) in swept.rows() {
        let key = &row.resource.key;
        ensure(key.provider == made.provider, || format!("{key} is of another provider than {made}"))?;
        ensure(key.realm == identity.realm, || format!("{key} is not in {}", identity.realm))?;
        ensure(key.kind == scope.kind, || format!("{key} is listed by {scope:?}"))?;
        let place = scope.location.as_str();
        let zone = row.resource.zone.as_ref().map(Zone::as_str);
        let fits = place == key.region.as_str() || zone == Some(place) || place == "global";
        ensure(fits, || format!("{key} is listed by {scope:?}"))?;
        ensure(key.to_string().parse().as_ref() == Ok(key), || format!("{key} does not survive being written"))?;
    }
    ensure(swept.rows().next().is_some(), || "nothing is listed".to_owned())
}

pub(super) async fn lists_what_is_there(harness: &dyn Harness) -> Verdict {
    let running = harness.create(State::Running).await?.key;
    let stopped = harness.create(State::Stopped).await?.key;
    let swept = Swept::of(&*harness.provider(Access::ReadOnly).await).await?;
    for (key, state) in [(running, State::Running), (stopped, State::Stopped)] {
        let found = swept.rows().find(|(_, row)| row.resource.key == key).map(|(_, row)| row.resource.state);
        ensure(found == Some(state), || format!("{key} is {state}, and was listed as {found:?}"))?;
    }
    Ok(())
}

pub(super) async fn listings_repeat(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let first = Swept::of(&*provider).await?.fingerprints(provider.converter_version(), None);
    let again = Swept::of(&*provider).await?.fingerprints(provider.converter_version(), None);
    let differs: Vec<_> = first.symmetric_difference(&again).map(|(key, ..)| key).collect();
    ensure(differs.is_empty(), || format!("changed without a change: {differs:?}"))
}

pub(super) async fn denied_scope_spares_others(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let provider = harness.provider(Access::ReadOnly).await;
    let before = Swept::of(&*provider).await?;
    let denied = harness.deny().await?;
    let after = Swept::of(&*provider).await?;
    ensure(after.scopes.contains(&denied), || format!("{denied:?} is not polled at all"))?;
    let failed = after.failed();
    let others: Vec<_> = failed.keys().filter(|scope| **scope != denied).collect();
    ensure(others.is_empty(), || format!("{others:?} failed as well"))?;
    let code = failed.get(&denied).map(|error| error.code());
    ensure(code == Some(FailureCode::PermissionDenied), || format!("{denied:?} ended with {code:?}"))?;
    let converter = provider.converter_version();
    let rows = |swept: &Swept| swept.fingerprints(converter, Some(&denied));
    ensure(!rows(&after).is_empty() && rows(&before) == rows(&after), || "the others' rows changed".to_owned())
}

pub(super) async fn states_have_words(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    harness.create(State::Stopped).await?;
    let swept = Swept::of(&*harness.provider(Access::ReadOnly).await).await?;
    let mut meanings: BTreeMap<&str, State> = BTreeMap::new();
    for (_, row) in swept.rows() {
        let resource = &row.resource;
        ensure(!resource.raw_state.is_empty(), || format!("{} has no word for its state", resource.key))?;
        ensure(resource.state != State::Unknown, || format!("{:?} is not understood", resource.raw_state))?;
        let meaning = *meanings.entry(&resource.raw_state).or_insert(resource.state);
        ensure(meaning == resource.state, || {
            format!("{:?} means {meaning} and {}", resource.raw_state, resource.state)
        })?;
    }
    ensure(meanings.len() > 1, || format!("only {meanings:?}"))
}

pub(super) async fn documents_become_json(harness: &dyn Harness) -> Verdict {
    harness.create(State::Running).await?;
    let swept = Swept::of(&*harness.provider(Access::ReadOnly).await).await?;
    for (_, row) in swept.rows() {
        let key = &row.resource.key;
        let json = harness.descriptor().document_json(&row.document).map_err(|error| format!("{key}: {error}"))?;
        let value = serde_json::from_str::<serde_json::Value>(&json).map_err(|error| format!("{key}: {error}"))?;
        ensure(value.is_object(), || format!("the document of {key} is no object"))?;
        ensure(json.contains(&*key.native), || format!("the document of {key} does not name it"))?;
    }
    ensure(swept.rows().next().is_some(), || "nothing is listed".to_owned())
}
