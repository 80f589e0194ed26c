//! A plan in numbers: of all its targets, however many a reply carries.

use std::collections::{BTreeMap, BTreeSet};

use nepho_core::plan;
use serde::Serialize;
use ts_rs::TS;

use super::{Refusal, Warning};
use crate::inventory::count;

/// All targets of a plan in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct PlanCounts {
    /// All.
    pub total: u64,
    /// Those that would be sent.
    pub eligible: u64,
    /// Those where the goal holds already.
    pub already: u64,
    /// Those on their way to the goal.
    pub underway: u64,
    /// Those that would not be sent.
    pub refused: u64,
    /// Eligible targets in production accounts.
    pub prod: u64,
    /// Accounts that something would be sent to.
    pub accounts: u64,
    /// The number of targets with each warning; only those that occur.
    pub warnings: Vec<WarningCount>,
    /// The number of targets refused for each reason; only those that occur.
    pub refusals: Vec<RefusalCount>,
}

/// The number of targets with one warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WarningCount {
    /// Its code.
    #[ts(type = "Warning[\"code\"]")]
    pub code: &'static str,
    /// The number.
    pub count: u64,
}

/// The number of targets refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RefusalCount {
    /// Its code.
    #[ts(type = "Refusal[\"code\"]")]
    pub code: &'static str,
    /// The number.
    pub count: u64,
}

impl PlanCounts {
    pub(super) fn of(targets: &[plan::PlannedTarget]) -> Self {
        let mut counts = Self { total: count(targets.len()), ..Self::default() };
        let mut accounts = BTreeSet::new();
        let mut warnings: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut refusals: BTreeMap<&'static str, u64> = BTreeMap::new();
        for target in targets {
            match &target.verdict {
                plan::Verdict::Eligible => {
                    counts.eligible += 1;
                    counts.prod += u64::from(target.prod);
                    accounts.insert(&target.account);
                }
                plan::Verdict::Already => counts.already += 1,
                plan::Verdict::Underway => counts.underway += 1,
                plan::Verdict::Refused(refusal) => {
                    counts.refused += 1;
                    *refusals.entry(Refusal::from(refusal).word()).or_default() += 1;
                }
            }
            let of_target: BTreeSet<_> = target.warnings.iter().map(|warning| Warning::from(warning).word()).collect();
            for code in of_target {
                *warnings.entry(code).or_default() += 1;
            }
        }
        counts.accounts = count(accounts.len());
        counts.warnings = warnings.into_iter().map(|(code, count)| WarningCount { code, count }).collect();
        counts.refusals = refusals.into_iter().map(|(code, count)| RefusalCount { code, count }).collect();
        counts
    }
}
