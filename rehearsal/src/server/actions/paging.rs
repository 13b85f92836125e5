//! Answers that come in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::answer::{ApiError, Node};

/// Entries of a page, as the service has it.
pub(super) const PAGE: usize = 100;

/// Cuts the page that `token` stands for out of `all`, which `list` is called, and adds the token of the next to
/// `fields`.
///
/// A token names the last entry of its page by its key, so that what is added in front between two pages moves nothing,
/// and says how many came after it: they come next where that entry itself is gone.
pub(super) fn page<T>(
    list: &str,
    all: Vec<T>,
    token: Option<&str>,
    key: impl Fn(&T) -> String,
    fields: &mut Vec<(&'static str, Node)>,
) -> Result<Vec<T>, ApiError> {
    let from = match token {
        None => 0,
        Some(token) => {
            let (last, left) = decode(list, token).ok_or_else(invalid)?;
            match all.iter().position(|entry| key(entry) == last) {
                Some(at) => at + 1,
                None => all.len().saturating_sub(left),
            }
        }
    };
    let mut rest = all.into_iter().skip(from);
    let page: Vec<_> = rest.by_ref().take(PAGE).collect();
    if let (Some(last), left @ 1..) = (page.last(), rest.len()) {
        let token = URL_SAFE_NO_PAD.encode(format!("{list}:{left}:{}", key(last)));
        fields.push(("NextToken", Node::Text(token)));
    }
    Ok(page)
}

/// The key of the last entry that was shown, and how many came after it.
fn decode(list: &str, token: &str) -> Option<(String, usize)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (left, last) = text.strip_prefix(list)?.strip_prefix(':')?.split_once(':')?;
    Some((last.to_owned(), left.parse().ok()?))
}

fn invalid() -> ApiError {
    ApiError::validation("Invalid NextToken: it is none that this action gave")
}

#[cfg(test)]
mod tests;
