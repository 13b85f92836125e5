//! Scripts, pointed at what stands for the instance's own.

/// The directory of the helper scripts on an instance.
const HELPERS: &[u8] = b"/opt/aws/bin";

/// The script with the helpers' directory replaced by `directory`, wherever it is that whole path.
pub(super) fn redirect(script: &[u8], directory: &str) -> Vec<u8> {
    replace_path(script, HELPERS, directory)
}

/// The script with `~` replaced by `home` where it begins a word that a shell expands: without `HOME` a shell asks the
/// system for the user's home, and that is not the instance's. What single quotes on its line hold is not the shell's.
pub(super) fn redirect_home(script: &[u8], home: &str) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(script.len() + 256);
    let (mut before, mut is_quoted) = (b'\n', false);
    for (at, byte) in script.iter().enumerate() {
        let next = script.get(at + 1).copied().unwrap_or(b'\n');
        let begins = before.is_ascii_whitespace() || b"=:<>(;&|".contains(&before);
        let ends = next == b'/' || next.is_ascii_whitespace() || b";&|)<>".contains(&next);
        // A comparison, not a value.
        let matches = before == b'='
            && at
                .checked_sub(2)
                .and_then(|at| script.get(at))
                .is_none_or(|it| !it.is_ascii_alphanumeric() && *it != b'_');
        match byte {
            b'\n' => is_quoted = false,
            b'\'' => is_quoted = !is_quoted,
            _ => {}
        }
        if *byte == b'~' && begins && ends && !matches && !is_quoted {
            replaced.extend_from_slice(home.as_bytes());
        } else {
            replaced.push(*byte);
        }
        before = *byte;
    }
    replaced
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
