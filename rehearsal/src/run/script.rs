//! Scripts, pointed at what stands for the instance's own.

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
