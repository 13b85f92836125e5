//! What cloud-init makes of user data.
//!
//! Source: <https://docs.cloud-init.io/en/latest/explanation/format.html>

/// Why user data is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRun {
    /// There is none.
    #[error("has no user data: nothing runs, and nothing will signal")]
    Missing,
    /// The kernel does not take it either.
    #[error("user data has blank space before its #!, so an instance fails to run it (exec format error)")]
    BlankBeforeShebang,
    /// The interpreter's name ends in a carriage return.
    #[error(
        "user data has Windows line ends (CRLF), so an instance finds no interpreter of that name and runs nothing: \
         save it with LF"
    )]
    CarriageReturns,
    /// Not a script at all.
    #[error(
        "user data does not begin with #!, so cloud-init would not run it: nothing runs, and nothing will signal"
    )]
    NoShebang,
    /// Several parts.
    #[error(
        "user data is a MIME multi-part message; this version runs scripts only: give the script with --user-data"
    )]
    Mime,
    /// YAML for cloud-init.
    #[error("user data is cloud-config; this version runs scripts only: give the script with --user-data")]
    CloudConfig,
    /// Windows.
    #[error("user data is for Windows; this version runs scripts of this system only")]
    Windows,
    /// Compressed.
    #[error("user data is compressed; this version runs scripts only: give the script with --user-data")]
    Compressed,
}

/// Whether user data is a script that an instance would run.
///
/// # Errors
///
/// [`NotRun`] says what it is instead.
pub fn check(user_data: &[u8]) -> Result<(), NotRun> {
    if user_data.starts_with(b"#!") {
        let first = user_data.split(|byte| *byte == b'\n').next().unwrap_or_default();
        return if first.ends_with(b"\r") { Err(NotRun::CarriageReturns) } else { Ok(()) };
    }
    if user_data.starts_with(&[0x1f, 0x8b]) {
        return Err(NotRun::Compressed);
    }
    let text = user_data.trim_ascii_start();
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()));
    Err(if text.is_empty() {
        NotRun::Missing
    } else if text.starts_with(b"#!") {
        NotRun::BlankBeforeShebang
    } else if begins("#cloud-config") {
        NotRun::CloudConfig
    } else if begins("content-type:") || begins("mime-version:") {
        NotRun::Mime
    } else if begins("<powershell>") || begins("<script>") {
        NotRun::Windows
    } else {
        NotRun::NoShebang
    })
}

/// The directory of the helper scripts on an instance.
const HELPERS: &[u8] = b"/opt/aws/bin";

/// The script with the helpers' directory replaced by `directory`, wherever it is that whole path.
pub(super) fn redirect(script: &[u8], directory: &str) -> Vec<u8> {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let mut redirected = Vec::with_capacity(script.len() + 256);
    let mut rest = script;
    while let Some(at) = rest.windows(HELPERS.len()).position(|window| window == HELPERS) {
        let (before, from) = rest.split_at(at);
        let after = from.split_at(HELPERS.len()).1;
        redirected.extend_from_slice(before);
        let whole = !redirected.last().is_some_and(in_name) && !after.first().is_some_and(in_name);
        redirected.extend_from_slice(if whole { directory.as_bytes() } else { HELPERS });
        rest = after;
    }
    redirected.extend_from_slice(rest);
    redirected
}
