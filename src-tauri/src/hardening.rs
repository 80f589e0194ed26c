//! Protection of a released build's memory, which holds secrets while they are in use.

/// Forbids core dumps, and reading this process's memory by other processes of the same person.
/// A build for development stays debuggable.
pub fn seal() {
    if cfg!(debug_assertions) {
        return;
    }
    #[cfg(target_os = "linux")]
    linux::seal();
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    pub(super) fn seal() {
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps are not forbidden");
        }
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "this process's memory is readable by others of the same user");
        }
    }

    #[cfg(test)]
    mod tests {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

        /// Runs on this test process, which stays protected until it ends; no other test is affected.
        #[test]
        fn a_sealed_process_leaves_no_dump() {
            super::seal();
            assert_eq!(getrlimit(Resource::Core).current, Some(0));
            assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        }
    }
}
