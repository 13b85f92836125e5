//! Answers that come in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::answer::{ApiError, Node};

/// Entries of a page, as the service has it.
pub(super) const PAGE: usize = 100;

/// Cuts the page that `token` stands for out of `all`, and adds the token of the next to `fields`. Entries are told
/// apart by a key of theirs, so that what is added in front between two pages moves nothing.
pub(super) fn page<T>(
    all: Vec<T>,
    token: Option<&str>,
    key: impl Fn(&T) -> String,
    fields: &mut Vec<(&'static str, Node)>,
) -> Result<Vec<T>, ApiError> {
    let from = match token {
        None => 0,
        Some(token) => {
            let first = decode(token).ok_or_else(invalid)?;
            all.iter().position(|entry| key(entry) == first).ok_or_else(invalid)?
        }
    };
    let mut rest = all.into_iter().skip(from);
    let page: Vec<_> = rest.by_ref().take(PAGE).collect();
    if let Some(next) = rest.next() {
        fields.push(("NextToken", Node::Text(URL_SAFE_NO_PAD.encode(key(&next)))));
    }
    Ok(page)
}

fn decode(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

fn invalid() -> ApiError {
    ApiError::validation("Invalid NextToken: it is none that this action gave, or what it stood for is gone")
}

#[cfg(test)]
mod tests;
