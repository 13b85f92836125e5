//! Why nothing of user data runs.

/// Why user data is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRun {
    /// There is none.
    #[error("has no user data: nothing runs, and nothing will signal")]
    Missing,
    /// The kernel does not take it either.
    #[error("user data has blank space before its #!, so an instance fails to run it (exec format error)")]
    BlankBeforeShebang,
    /// Nothing that cloud-init knows.
    #[error(
        "user data does not begin with #!, so cloud-init would not run it: nothing runs, and nothing will signal"
    )]
    NoShebang,
    /// Headers of a message that is none.
    #[error(
        "user data is a MIME message without MIME-Version, so cloud-init does not take it for one: nothing runs, and \
         nothing will signal; add the header MIME-Version: 1.0"
    )]
    NoMimeVersion,
    /// A message that cannot be read.
    #[error("user data is a MIME message that cannot be read: nothing runs, and nothing will signal")]
    Mime,
    /// Windows.
    #[error("user data is for Windows; this version runs scripts of this system only")]
    Windows,
    /// Compressed, and not readable.
    #[error("user data cannot be decompressed: nothing runs, and nothing will signal")]
    Compressed,
    /// Good for cloud-init, perhaps, but nothing that is run here.
    #[error("user data has nothing that is run here: no script, no runcmd, no bootcmd; nothing will signal")]
    Nothing,
}
