//! Core dumps hold whatever the process does: keys, tokens, a presigned URL. The command leaves none.

/// Lets the system keep nothing of this process when it crashes or is told to quit.
///
/// A failure changes nothing: then the system would keep what it keeps of every process.
pub(super) fn forbid() {
    // Neither a file nor for a program that is handed the dump, such as systemd's, for which no limit holds. It keeps debuggers away,
    // too, and what is run by this process is not under it.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};

        let _dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    #[cfg(all(unix, not(target_os = "linux")))]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let limit = Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum };
        let _unlimited = setrlimit(Resource::Core, limit);
    }
}
