//! Text from elsewhere, made fit to print: one line, bounded, without secrets.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroize;

use super::identity::CfnV1;
use crate::http::Request;
use crate::identity::Identity;
use crate::redact;
use crate::secret::Secret;
use crate::uri;

/// Stands where something was taken out.
const MASK: &str = "***";

/// Shorter texts are part of ordinary words: masking them would hide nothing and spoil the message.
const SHORTEST: usize = 6;

/// The secrets known so far.
#[derive(Default)]
pub(crate) struct Scrub {
    secrets: Vec<Secret>,
    /// Of the URLs that this try was redirected to: each try may be sent elsewhere, and the list must not grow for ever.
    redirects: Vec<Secret>,
    /// Of the last request: the ones before it are worth as little as they are likely to come back.
    authorization: Option<Secret>,
}

impl Scrub {
    /// Learns what `identity` holds.
    pub(crate) fn learn_identity(&mut self, identity: &Identity) {
        match identity {
            Identity::AccessKey(key) => {
                self.learn(key.secret.expose());
                if let Some(token) = &key.session_token {
                    self.learn(token.expose());
                }
            }
            Identity::Instance(instance) => {
                self.learn(instance.document.expose());
                self.learn(instance.signature.expose());
                let sent = CfnV1::new(instance);
                self.learn(sent.document.expose());
                self.learn(sent.signature.expose());
            }
        }
    }

    /// Learns what the last request was signed with.
    pub(crate) fn learn_authorization(&mut self, request: &Request) {
        let sent = request.headers.iter().find(|(name, _)| name == "authorization");
        self.authorization = sent.and_then(|(_, value)| Some(Secret::new(value.split_once("Signature=")?.1)));
    }

    /// Learns the query of a URL that may be presigned, and its values.
    pub(crate) fn learn_url(&mut self, url: &str) {
        learn_url(&mut self.secrets, url, "");
    }

    /// Learns the URL that this try was redirected to, until [`forget_redirects`](Self::forget_redirects). What was in the
    /// URL `from` already is no secret, or a known one.
    pub(crate) fn learn_redirect(&mut self, url: &str, from: &str) {
        learn_url(&mut self.redirects, url, from);
    }

    /// Forgets the last try's redirects.
    pub(crate) fn forget_redirects(&mut self) {
        self.redirects.clear();
    }

    /// Learns a secret as it is, and as URLs and headers spell it.
    pub(crate) fn learn(&mut self, secret: &str) {
        learn(&mut self.secrets, secret);
    }

    /// `text` on one line of at most `limit` bytes, without what is secret.
    pub(crate) fn line(&self, text: &str, limit: usize) -> String {
        // Before the whitespace is changed, and after: a secret may hold some.
        let text = self.masked(beginning(text));
        let mut identity_follows = false;
        let mut spaced = String::with_capacity(text.len());
        for character in text.chars() {
            let is_space = character.is_whitespace() || is_invisible(character);
            spaced.push(if is_space { ' ' } else { character });
        }
        let mut line = String::new();
        for part in spaced.split(' ').filter(|part| !part.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            // An echo may be escaped in ways that no list of secrets foresees.
            if identity_follows {
                line.push_str(MASK);
            } else {
                push_word(&mut line, part);
            }
            identity_follows = part.ends_with("CFN_V1");
        }
        cut(self.masked(&line), limit)
    }

    fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.iter().chain(&self.redirects).chain(&self.authorization) {
            if text.contains(secret.expose()) {
                text = text.replace(secret.expose(), MASK);
            }
        }
        text
    }
}

fn learn_url(secrets: &mut Vec<Secret>, url: &str, from: &str) {
    // A presigned URL has about ten: without a bound, a redirect could make every search take too long.
    const MOST: usize = 32;
    let Some(query) = uri::split(url).query else {
        return;
    };
    if !from.contains(query) {
        learn(secrets, query);
    }
    let parameters = query.split('&').filter_map(|parameter| parameter.split_once('='));
    for (_, value) in parameters.take(MOST) {
        if !from.contains(value) {
            learn(secrets, value);
            learn(secrets, &String::from_utf8_lossy(&uri::percent_decode(value)));
        }
    }
}

fn learn(secrets: &mut Vec<Secret>, secret: &str) {
    let secret = secret.trim();
    let mut encoded = uri::percent_encode(secret);
    for text in &[secret, encoded.as_str()] {
        if text.len() >= SHORTEST && !secrets.iter().any(|known| known.expose() == *text) {
            // The longest first, or masking a part would leave the rest of a whole.
            let shorter = secrets.iter().position(|known| known.expose().len() < text.len());
            secrets.insert(shorter.unwrap_or(secrets.len()), Secret::new(*text));
        }
    }
    encoded.zeroize();
}

/// Appends a word without the query of a URL in it, and without what follows a tell-tale name.
fn push_word(line: &mut String, word: &str) {
    let mut end = word.len();
    if let Some(query) = word.find('?') {
        if word.rfind('=').is_some_and(|value| value > query) {
            end = query + 1;
        }
    }
    if let Some(value) = redact::secret_value(word) {
        end = end.min(value);
    }
    line.push_str(word.get(..end).unwrap_or(word));
    if end < word.len() {
        line.push_str(MASK);
    }
}

/// Control characters, those that turn the direction of the text around, and those that nobody sees.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Enough of `text` for a line, ending between words: half a secret would not be recognised.
fn beginning(text: &str) -> &str {
    const ENOUGH: usize = 16_384;
    if text.len() <= ENOUGH {
        return text;
    }
    let mut end = ENOUGH;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let whole = text.get(..end).unwrap_or_default();
    whole.rfind(char::is_whitespace).and_then(|end| whole.get(..end)).unwrap_or_default()
}

/// At most `limit` bytes, ending between characters.
fn cut(mut text: String, limit: usize) -> String {
    const MARK: &str = "...";
    if text.len() > limit {
        let mut end = limit.saturating_sub(MARK.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str(MARK);
    }
    text
}

/// What somebody who was given `request` says of it: one line, without its query and its headers' values.
#[must_use]
pub fn said_of(request: &Request, text: &str) -> String {
    const LONGEST: usize = 500;
    let mut scrub = Scrub::default();
    scrub.learn_url(&request.uri);
    scrub.learn_authorization(request);
    for (_, value) in &request.headers {
        scrub.learn(value);
    }
    scrub.line(text, LONGEST)
}

#[cfg(test)]
mod tests;
