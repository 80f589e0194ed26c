//! Keeps the memory of a released build to itself: secrets are in it while they are in use.

/// Forbids core dumps, and reading this process's memory by other processes of the same person.
/// A build for development stays debuggable.
pub fn seal() {
    #[cfg(all(target_os = "linux", not(debug_assertions)))]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps are not forbidden");
        }
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "this process's memory is readable by others of the same user");
        }
    }
}
