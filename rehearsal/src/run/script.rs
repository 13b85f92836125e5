//! Scripts, and why user data has none.

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

/// The directory of the helper scripts on an instance.
const HELPERS: &[u8] = b"/opt/aws/bin";

/// The script with the helpers' directory replaced by `directory`, wherever it is that whole path.
pub(super) fn redirect(script: &[u8], directory: &str) -> Vec<u8> {
    replace_path(script, HELPERS, directory)
}

/// The script with a path replaced by `to`, wherever it is that whole path.
pub(super) fn replace_path(script: &[u8], path: &[u8], to: &str) -> Vec<u8> {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let mut replaced = Vec::with_capacity(script.len() + 256);
    let mut rest = script;
    while let Some(at) = rest.windows(path.len().max(1)).position(|window| window == path) {
        let (before, from) = rest.split_at(at);
        let after = from.split_at(path.len()).1;
        replaced.extend_from_slice(before);
        let whole = !replaced.last().is_some_and(in_name) && !after.first().is_some_and(in_name);
        replaced.extend_from_slice(if whole { to.as_bytes() } else { path });
        rest = after;
    }
    replaced.extend_from_slice(rest);
    replaced
}
