//! The suite that every provider must pass, whatever its cloud.
//!
//! A provider's own tests implement [`Harness`] and call [`check`] with the cases that do not apply
//! to its cloud, each with the reason. The provider must pass all other cases, so a new case fails
//! until each provider passes it or excludes it. Nothing is read from the provider's capabilities.
//! Deliberately not here: what is particular to one cloud (its error codes, its limits), which is
//! tested in its crate.

mod acting;
mod following;
mod listing;
mod reading;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use nepho_core::{Access, Action, Descriptor, Provider, ResourceKey, Scope, State, provider::Target};

/// The time after which a case counts as hanging.
const PATIENCE: Duration = Duration::from_mins(2);

/// Defines each case once: its name, its rule and its check.
macro_rules! cases {
    ($($(#[$rule:meta])+ $case:ident => $check:path,)+) => {
        /// One rule of the provider seam.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Case {
            $($(#[$rule])+ $case,)+
        }

        impl Case {
            /// Every case.
            pub const ALL: &[Self] = &[$(Self::$case),+];
        }

        async fn verdict(case: Case, harness: &dyn Harness) -> Verdict {
            match case {
                $(Case::$case => $check(harness).await,)+
            }
        }
    };
}

cases! {
    /// `verify` answers the same each time, with a realm and a principal.
    VerifyIsStable => reading::verify_is_stable,
    /// `scopes` names at least one scope, none twice, and the same scopes each time.
    ScopesAreUnique => listing::scopes_are_unique,
    /// Each requested scope, and no other, ends with exactly one `Complete` or `Failed`.
    EachScopeEndsOnce => listing::each_scope_ends_once,
    /// No item of a scope follows its end.
    NothingFollowsTheEnd => listing::nothing_follows_the_end,
    /// No key is listed twice.
    KeysAreUnique => listing::keys_are_unique,
    /// Each key carries the verified realm, the scope's kind, and a region that fits its scope.
    KeysCarryTheirPlace => listing::keys_carry_their_place,
    /// A resource made behind the provider's back is listed, in the state that it has.
    ListsWhatIsThere => listing::lists_what_is_there,
    /// Two listings of an unchanged cloud have the same rows and documents.
    ListingsRepeat => listing::listings_repeat,
    /// A denied scope fails with "permission denied"; the rows of the other scopes stay as they were.
    DeniedScopeSparesOthers => listing::denied_scope_spares_others,
    /// Every row has the provider's word for its state, and one word always means one state.
    StatesHaveWords => listing::states_have_words,
    /// Every document becomes a JSON object that names its resource.
    DocumentsBecomeJson => listing::documents_become_json,
    /// `observe` answers each key once.
    ObserveAnswersEachKey => reading::observe_answers_each_key,
    /// `observe` answers an unknown key with `NotFound` and reads the other keys.
    ObserveIsolatesUnknown => reading::observe_isolates_unknown,
    /// `observe` sees a change that was made behind the provider's back.
    ObserveSeesChanges => reading::observe_sees_changes,
    /// A read for a plan includes the preflight; a read for following does not.
    PlanReadsIncludePreflight => reading::plan_reads_include_preflight,
    /// `submit` answers each key once, and the actions happen.
    SubmitActs => acting::submit_acts,
    /// `submit` refuses an unknown id and carries out the other actions.
    SubmitIsolatesUnknown => acting::submit_isolates_unknown,
    /// A read-only account's provider refuses every action and sends nothing.
    ReadOnlySendsNothing => acting::read_only_sends_nothing,
    /// Traffic only grows, and a listing adds to it.
    TrafficGrows => reading::traffic_grows,
    /// An empty request has an empty answer and sends nothing.
    NothingForNothing => acting::nothing_for_nothing,
    /// A running resource is suspended and resumed, and is listed in the state that it has.
    SuspendsAndResumes => acting::suspends_and_resumes,
    /// An accepted action has a ticket. The operation behind it agrees with the resource: it is done
    /// only when the resource is in its goal, and it is done in the end.
    TicketsReachTheirEnd => following::tickets_reach_their_end,
    /// The operation of an accepted action that failed is reported as failed, and no other one is.
    FailedActionsAreReported => following::failed_actions_are_reported,
    /// The full document has every member of the listed one; reading it returns no preflight.
    FullDocumentContainsListed => reading::full_document_contains_listed,
    /// A plan's preflight says whether the plan's own action is permitted.
    PlanReportsPermission => reading::plan_reports_permission,
}

/// Access to a provider's cloud behind the provider's back.
///
/// The suite makes a new harness for each case.
#[async_trait]
pub trait Harness: Send + Sync {
    /// Returns a provider of the cloud's account.
    async fn provider(&self, access: Access) -> Arc<dyn Provider>;

    /// Returns the provider's descriptor.
    fn descriptor(&self) -> &'static dyn Descriptor;

    /// Makes (or finds) an unprotected resource in this state that no case was given before, in a
    /// scope that [`Harness::deny`] does not deny.
    async fn create(&self, state: State) -> Result<Target, Cannot>;

    /// Puts a resource into a state behind the provider's back.
    async fn change(&self, key: &ResourceKey, state: State) -> Result<(), Cannot>;

    /// Takes the permission to list one scope, and returns the scope, which may have been denied from
    /// the beginning.
    async fn deny(&self) -> Result<Scope, Cannot>;

    /// Lets every transition under way end.
    async fn settle(&self);

    /// Returns a well-formed target of this cloud that does not exist.
    fn unknown(&self) -> Target;

    /// Returns a number that changes with each mutating request that the cloud receives.
    async fn mutations(&self) -> Result<u64, Cannot>;

    /// Makes the next action on the target fail after the cloud accepted it: once everything has
    /// settled, the target is in the state that it had before, and the cloud's operation has failed.
    /// A cloud without operations cannot.
    async fn fail_next(&self, target: &Target) -> Result<(), Cannot>;

    /// Takes the permission for the action from the account's credentials: on this target at least,
    /// and for no other action. Providers that are made afterwards lack it.
    async fn forbid(&self, target: &Target, action: Action) -> Result<(), Cannot>;
}

/// Makes a provider of the cloud at an endpoint, with an access token.
pub type Connect = Box<dyn Fn(String, String, Access) -> BoxFuture<'static, Arc<dyn Provider>> + Send + Sync>;

/// The provider under test, for a harness over a loopback cloud.
pub(crate) struct Subject {
    pub(crate) descriptor: &'static dyn Descriptor,
    connect: Connect,
    made: AtomicU64,
}

impl Subject {
    pub(crate) fn new(descriptor: &'static dyn Descriptor, connect: Connect) -> Self {
        Self { descriptor, connect, made: AtomicU64::new(0) }
    }

    /// Returns a provider of the cloud at the endpoint.
    pub(crate) async fn provider(&self, endpoint: String, token: String, access: Access) -> Arc<dyn Provider> {
        (self.connect)(endpoint, token, access).await
    }

    /// Returns the next number for a resource, from 0.
    pub(crate) fn next_number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("descriptor", &self.descriptor).finish_non_exhaustive()
    }
}

/// The reason why a harness cannot do something on its cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cannot(pub &'static str);

/// The outcome of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rule holds.
    Passed,
    /// The harness could not set the case up.
    Skipped(&'static str),
    /// The rule is broken, with a description.
    Failed(String),
}

/// The reason why a case did not pass.
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
    match tokio::time::timeout(PATIENCE, verdict(case, harness)).await {
        Ok(Ok(())) => Outcome::Passed,
        Ok(Err(Flaw::Skipped(Cannot(why)))) => Outcome::Skipped(why),
        Ok(Err(Flaw::Broken(how))) => Outcome::Failed(how),
        Err(_) => Outcome::Failed(format!("did not end within {PATIENCE:?}")),
    }
}

/// Runs every case, each on a new harness. `cannot` lists the cases that do not apply to this cloud,
/// each with the reason. They run too: a case of `cannot` that passes is a problem, as its reason no
/// longer holds. Such a case may be skipped or fail.
///
/// # Panics
///
/// If a case outside `cannot` fails or is skipped, if one of `cannot` passes, or if `cannot` names a
/// case twice or without a reason.
pub async fn check<H: Harness>(cannot: &[(Case, &str)], harness: impl AsyncFn() -> H) {
    let problems = problems(cannot, harness).await;
    assert!(problems.is_empty(), "{} problem(s):\n{}", problems.len(), problems.join("\n"));
}

async fn problems<H: Harness>(cannot: &[(Case, &str)], harness: impl AsyncFn() -> H) -> Vec<String> {
    let mut problems = Vec::new();
    for &case in Case::ALL {
        let reasons: Vec<&str> = cannot.iter().filter(|(named, _)| *named == case).map(|(_, why)| *why).collect();
        let outcome = run(case, &harness().await).await;
        match (reasons.as_slice(), outcome) {
            ([], Outcome::Passed) => {}
            ([], outcome) => problems.push(format!("{case:?}: {outcome:?}")),
            ([""], _) => problems.push(format!("{case:?} does not apply, and no reason is given")),
            ([why], Outcome::Passed) => problems.push(format!("{case:?} passes, although {why}")),
            ([_], _) => {}
            _ => problems.push(format!("{case:?} is named {} times", reasons.len())),
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
