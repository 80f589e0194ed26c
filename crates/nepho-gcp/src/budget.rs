//! How much may be asked of a project in a minute.

/// Google's groups of read requests, each with a quota of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadClass {
    /// Of no zone: projects, zones, machine types of all zones.
    Global,
    /// Of one zone: lists and single resources in it.
    Zone,
    /// `aggregatedList`.
    Heavy,
    /// `zoneOperations.get`.
    Operation,
}
