//! How the properties of one resource mention another, so that a mention is found whatever text is around it: one that
//! is replaced is followed by its mentions, and by no text that happens to have its id in it.
//!
//! These texts are compared; what is shown of them is read by [`mentioned`].

#[cfg(test)]
mod tests;

/// Bytes of the longest mention that is found: a text of nothing but their beginnings takes no time.
const LONGEST: usize = 8192;

/// The resource of this logical id, by the physical id that it has.
pub(crate) fn mention(logical_id: &str, physical_id: &str) -> String {
    format!("⟨{logical_id}={physical_id}⟩")
}

/// What `Ref` gives of the resource of this logical id, where its id is a secret.
pub(crate) fn reference(logical_id: &str) -> String {
    format!("<Ref {logical_id}>")
}

/// What `Ref` gives of a resource that is `mention`ed, where any change makes it another: `digest` is of what it is.
pub(crate) fn versioned(mention: &str, digest: &str) -> String {
    format!("<Ref {mention} {digest}>")
}

/// An attribute of a resource that is `mention`ed, which is `now` this, or is of what this is a digest of.
pub(crate) fn attribute(mention: &str, name: &str, now: Option<&str>) -> String {
    match now {
        Some(now) => format!("<GetAtt {mention}.{name} {now}>"),
        None => format!("<GetAtt {mention}.{name}>"),
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mentioned<'t> {
    /// It mentions nothing.
    Text(&'t str),
    /// What `Ref` gives of a resource; none where that is a secret.
    Id { of: &'t str, id: Option<&'t str> },
    /// What `Fn::GetAtt` gives of it.
    Attribute { of: &'t str, name: &'t str, now: Option<&'t str> },
}

/// The parts of a text, in order.
pub(crate) fn mentioned(text: &str) -> Vec<Mentioned<'_>> {
    let mut parts = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(rest) = text.get(at..) {
        let found = rest.find(['⟨', '<']).map(|from| at + from);
        let Some(from) = found else { break };
        let Some((part, length)) = text.get(from..).and_then(read) else {
            at = from + text.get(from..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8);
            continue;
        };
        parts.extend(text.get(plain..from).filter(|it| !it.is_empty()).map(Mentioned::Text));
        parts.push(part);
        at = from + length;
        plain = at;
    }
    parts.extend(text.get(plain..).filter(|it| !it.is_empty()).map(Mentioned::Text));
    parts
}

/// The mention that a text begins with, and its length.
fn read(text: &str) -> Option<(Mentioned<'_>, usize)> {
    let text = head(text);
    let Some(inner) = text.strip_prefix("<GetAtt ") else { return id(text) };
    let before = text.len() - inner.len();
    let (Mentioned::Id { of, .. }, length) = id(inner)? else { return None };
    let rest = inner.get(length..)?.strip_prefix('.')?;
    let (name, _) = rest.split_once(['>', ' '])?;
    let start = before + length + 1 + name.len();
    let rest = rest.get(name.len()..)?;
    if rest.starts_with('>') {
        return Some((Mentioned::Attribute { of, name, now: None }, start + 1));
    }
    let (now, _) = rest.get(1..)?.split_once('>')?;
    Some((Mentioned::Attribute { of, name, now: Some(now) }, start + 1 + now.len() + 1))
}

/// The same of what `Ref` gives.
fn id(text: &str) -> Option<(Mentioned<'_>, usize)> {
    if let Some((of, id, length)) = plain(text) {
        return Some((Mentioned::Id { of, id: Some(id) }, length));
    }
    let inner = text.strip_prefix("<Ref ")?;
    let before = text.len() - inner.len();
    if let Some((of, id, length)) = plain(inner) {
        let end = inner.get(length..)?.find('>')?;
        return Some((Mentioned::Id { of, id: Some(id) }, before + length + end + 1));
    }
    let (of, _) = inner.split_once('>').filter(|(of, _)| is_name(of))?;
    Some((Mentioned::Id { of, id: None }, before + of.len() + 1))
}

/// A [`mention`] that a text begins with: the logical id, the physical id, its length.
fn plain(text: &str) -> Option<(&str, &str, usize)> {
    let inner = text.strip_prefix('⟨')?;
    let (whole, rest) = inner.split_once('⟩')?;
    let (of, id) = whole.split_once('=').filter(|(of, _)| is_name(of))?;
    Some((of, id, text.len() - rest.len()))
}

/// As much of a text as a mention may take.
fn head(text: &str) -> &str {
    (LONGEST - 3..=LONGEST).rev().find_map(|end| text.get(..end)).unwrap_or(text)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric())
}
