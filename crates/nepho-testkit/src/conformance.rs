//! The suite that every provider must pass, whatever its cloud.
//!
//! A provider's own tests implement [`Harness`] and call [`check`] with two lists: the cases that it
//! must pass, and those that it cannot run, each with the reason. Together they must name every
//! case exactly once, so a new case is decided by each provider, and none is skipped in silence;
//! nothing is read from the provider's capabilities. Deliberately not here: what is particular to
//! one cloud (its error codes, its limits), which is tested in its crate.

mod acting;
mod following;
mod listing;
mod reading;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use nepho_core::{Access, Action, Descriptor, Provider, ResourceKey, Scope, State, provider::Target};

/// How long one case may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(2);

/// One rule of the provider seam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Case {
    /// `verify` answers the same each time, with a realm and a principal.
    VerifyIsStable,
    /// `scopes` names something, nothing twice, and the same each time.
    ScopesAreUnique,
    /// Each scope asked for, and no other, ends with exactly one `Complete` or `Failed`.
    EachScopeEndsOnce,
    /// Nothing of a scope follows its end.
    NothingFollowsTheEnd,
    /// No key is listed twice.
    KeysAreUnique,
    /// Each key carries the verified realm, the scope's kind, and a region that fits its scope.
    KeysCarryTheirPlace,
    /// A resource made behind the provider's back is listed, in the state that it has.
    ListsWhatIsThere,
    /// Nothing changed, so nothing differs: rows and documents repeat.
    ListingsRepeat,
    /// A denied scope fails, and says so for good; the others are listed as before.
    DeniedScopeSparesOthers,
    /// Every row has the provider's word for its state, and one word always means one state.
    StatesHaveWords,
    /// Every document becomes a JSON object that names its resource.
    DocumentsBecomeJson,
    /// `observe` answers each key once.
    ObserveAnswersEachKey,
    /// An unknown key is `NotFound` and does not spoil the others.
    ObserveIsolatesUnknown,
    /// A change made behind the provider's back is observed.
    ObserveSeesChanges,
    /// Preflight are left out of a reading for following, and told in one for a plan.
    PlanDetailTellsProtections,
    /// `submit` answers each key once, and the actions happen.
    SubmitActs,
    /// An unknown id is refused and does not keep the others from happening.
    SubmitIsolatesUnknown,
    /// A read-only account's provider refuses every action and sends nothing.
    ReadOnlySendsNothing,
    /// Traffic only grows, and a listing adds to it.
    TrafficGrows,
    /// Asked for nothing, it answers nothing and sends nothing.
    NothingForNothing,
    /// A running resource is suspended and resumed, and listed as what it is.
    SuspendsAndResumes,
    /// An accepted action has a ticket, and what its record says agrees with what is seen: done
    /// only when it is done, and done in the end.
    TicketsTellTheEnd,
    /// An accepted action that came to nothing is told as failed, and no other with it.
    FailedActionsAreTold,
    /// The whole document has every member of the listed one; only a plan is told preflight.
    WholeDocument,
    /// A plan is told whether the action is permitted, and another action is not touched by that.
    PlanTellsPermission,
}

impl Case {
    /// Every case.
    pub const ALL: [Self; 25] = [
        Self::VerifyIsStable,
        Self::ScopesAreUnique,
        Self::EachScopeEndsOnce,
        Self::NothingFollowsTheEnd,
        Self::KeysAreUnique,
        Self::KeysCarryTheirPlace,
        Self::ListsWhatIsThere,
        Self::ListingsRepeat,
        Self::DeniedScopeSparesOthers,
        Self::StatesHaveWords,
        Self::DocumentsBecomeJson,
        Self::ObserveAnswersEachKey,
        Self::ObserveIsolatesUnknown,
        Self::ObserveSeesChanges,
        Self::PlanDetailTellsProtections,
        Self::SubmitActs,
        Self::SubmitIsolatesUnknown,
        Self::ReadOnlySendsNothing,
        Self::TrafficGrows,
        Self::NothingForNothing,
        Self::SuspendsAndResumes,
        Self::TicketsTellTheEnd,
        Self::FailedActionsAreTold,
        Self::WholeDocument,
        Self::PlanTellsPermission,
    ];
}

/// What a provider's tests lend to the suite: its cloud, from the other side.
///
/// One harness serves one case, so a harness is made anew for each.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A provider of the cloud's account.
    async fn provider(&self, access: Access) -> Arc<dyn Provider>;

    /// Its descriptor.
    fn descriptor(&self) -> &'static dyn Descriptor;

    /// Makes (or finds) an unprotected resource in this state that no case was given before, in a
    /// scope that [`Harness::deny`] does not deny.
    async fn create(&self, state: State) -> Result<Target, Cannot>;

    /// Puts a resource into a state behind the provider's back.
    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot>;

    /// Takes the permission to list one scope, and names it; or names one that was denied all along.
    async fn deny(&self) -> Result<Scope, Cannot>;

    /// Lets every transition under way come to its end.
    async fn settle(&self);

    /// A well-formed target of this cloud that names nothing.
    fn unknown(&self) -> Target;

    /// A number that moves with each mutating request that the cloud has seen.
    async fn mutations(&self) -> Result<u64, Cannot>;

    /// Makes the next action on the target come to nothing after it was accepted: once everything
    /// has settled, the target is in the state that it had before, and the cloud's own record of
    /// the action says that it failed. A cloud that keeps no such record cannot.
    async fn fail_next(&self, target: &Target) -> Result<(), Cannot>;

    /// Takes the permission for the action from the account's credentials: on this target at least,
    /// and for no other action. Providers that are made afterwards find it gone.
    async fn forbid(&self, target: &Target, action: Action) -> Result<(), Cannot>;
}

/// The harness cannot do that on its cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cannot(pub &'static str);

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rule holds.
    Passed,
    /// The harness could not set the case up.
    Skipped(&'static str),
    /// The rule is broken: how.
    Failed(String),
}

/// Why a case did not pass.
#[derive(Debug)]
enum Flaw {
    Skipped(Cannot),
    Broken(String),
}

impl From<Cannot> for Flaw {
    fn from(cannot: Cannot) -> Self {
        Self::Skipped(cannot)
    }
}

impl From<String> for Flaw {
    fn from(how: String) -> Self {
        Self::Broken(how)
    }
}

type Verdict = Result<(), Flaw>;

/// Runs one case.
pub async fn run(case: Case, harness: &dyn Harness) -> Outcome {
    let running = async {
        match case {
            Case::VerifyIsStable => reading::verify_is_stable(harness).await,
            Case::ScopesAreUnique => listing::scopes_are_unique(harness).await,
            Case::EachScopeEndsOnce => listing::each_scope_ends_once(harness).await,
            Case::NothingFollowsTheEnd => listing::nothing_follows_the_end(harness).await,
            Case::KeysAreUnique => listing::keys_are_unique(harness).await,
            Case::KeysCarryTheirPlace => listing::keys_carry_their_place(harness).await,
            Case::ListsWhatIsThere => listing::lists_what_is_there(harness).await,
            Case::ListingsRepeat => listing::listings_repeat(harness).await,
            Case::DeniedScopeSparesOthers => listing::denied_scope_spares_others(harness).await,
            Case::StatesHaveWords => listing::states_have_words(harness).await,
            Case::DocumentsBecomeJson => listing::documents_become_json(harness).await,
            Case::ObserveAnswersEachKey => reading::observe_answers_each_key(harness).await,
            Case::ObserveIsolatesUnknown => reading::observe_isolates_unknown(harness).await,
            Case::ObserveSeesChanges => reading::observe_sees_changes(harness).await,
            Case::PlanDetailTellsProtections => reading::plan_detail_tells_protections(harness).await,
            Case::SubmitActs => acting::submit_acts(harness).await,
            Case::SubmitIsolatesUnknown => acting::submit_isolates_unknown(harness).await,
            Case::ReadOnlySendsNothing => acting::read_only_sends_nothing(harness).await,
            Case::TrafficGrows => reading::traffic_grows(harness).await,
            Case::NothingForNothing => acting::nothing_for_nothing(harness).await,
            Case::SuspendsAndResumes => acting::suspends_and_resumes(harness).await,
            Case::TicketsTellTheEnd => following::tickets_tell_the_end(harness).await,
            Case::FailedActionsAreTold => following::failed_actions_are_told(harness).await,
            Case::WholeDocument => reading::full_document(harness).await,
            Case::PlanTellsPermission => reading::plan_tells_permission(harness).await,
        }
    };
    match tokio::time::timeout(PATIENCE, running).await {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(Flaw::Skipped(Cannot(why)))) => Outcome::Skipped(why),
        Ok(Err(Flaw::Broken(how))) => Outcome::Failed(how),
        Err(_) => Outcome::Failed(format!("did not end within {PATIENCE:?}")),
    }
}

/// Runs every case of `must`, each on a harness of its own; those of `cannot` too, so that a reason
/// that no longer holds is noticed. Only a pass is noticed: a case of `cannot` may be skipped or may
/// fail, since what a provider cannot do it may well do wrongly when asked.
///
/// # Panics
///
/// If a case of `must` fails or is skipped, if one of `cannot` passes, or if the two do not name
/// each of [`Case::ALL`] exactly once.
pub async fn check<H: Harness>(must: &[Case], cannot: &[(Case, &str)], harness: impl AsyncFn() -> H) {
    let problems = problems(must, cannot, harness).await;
    assert!(problems.is_empty(), "{} problem(s) in {} cases:\n{}", problems.len(), must.len(), problems.join("\n"));
}

async fn problems<H: Harness>(must: &[Case], cannot: &[(Case, &str)], harness: impl AsyncFn() -> H) -> Vec<String> {
    let mut problems = Vec::new();
    let mut named: Vec<Case> = must.iter().copied().chain(cannot.iter().map(|(case, _)| *case)).collect();
    named.sort();
    if named != Case::ALL {
        problems.push(format!("each case must be named exactly once: {named:?}"));
    }
    let unexplained = cannot.iter().filter(|(_, why)| why.is_empty());
    problems.extend(unexplained.map(|(case, _)| format!("{case:?} is not run, and no reason is given")));
    for (case, why) in cannot {
        if run(*case, &harness().await).await == Outcome::Passed {
            problems.push(format!("{case:?} passes, although it is said that {why}"));
        }
    }
    for case in must {
        let outcome = run(*case, &harness().await).await;
        if outcome != Outcome::Passed {
            problems.push(format!("{case:?}: {outcome:?}"));
        }
    }
    problems
}

/// Fails the case unless the rule holds.
fn ensure(holds: bool, how: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Flaw::Broken(how())) }
}

#[cfg(test)]
mod broken;
#[cfg(test)]
mod tests;
