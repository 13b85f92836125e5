//! Text from elsewhere, made fit to print: one line, bounded, without secrets.

use alloc::string::String;
use alloc::vec::Vec;

mod skeleton;

use super::identity::CfnV1;
use crate::http::Request;
use crate::identity::Identity;
use crate::redact;
use crate::secret::Secret;
use crate::uri;

use skeleton::{Skeleton, TELLING};

/// Stands where something was taken out.
const MASK: &str = "***";

/// Shorter texts, in letters and digits, are part of ordinary words: masking them would hide nothing and spoil the message.
const SHORTEST: usize = 6;

/// How much of an identity document in a row gives it away, in letters and digits: its values alone stand in AWS's messages.
const OF_DOCUMENT: usize = 64;

/// How much redirects may teach in one try, in bytes: two presigned URLs with the longest tokens.
const MOST_OF_REDIRECTS: usize = 4_096;

/// The secrets known so far.
#[derive(Default)]
pub(crate) struct Scrub {
    secrets: Vec<Known>,
    /// Of the URLs that this try was redirected to: each try may be sent elsewhere, and the list must not grow for ever.
    redirects: Vec<Known>,
    /// Of the last requests: the ones before them are worth as little as they are likely to come back.
    signatures: Vec<Known>,
}

/// A secret, and how many letters and digits of it in a row are one.
struct Known(Secret, usize);

impl Scrub {
    /// Learns what `identity` holds.
    pub(crate) fn learn_identity(&mut self, identity: &Identity) {
        match identity {
            Identity::AccessKey(key) => {
                self.learn(key.secret.expose());
                // The two may have been exchanged.
                if redact::access_key_id(&key.id).is_none() {
                    self.learn(&key.id);
                }
                if let Some(token) = &key.session_token {
                    self.learn(token.expose());
                }
            }
            Identity::Instance(instance) => {
                self.secrets.push(Known(instance.document.clone(), OF_DOCUMENT));
                let sent = CfnV1::new(instance);
                self.learn(sent.document.expose());
                self.learn(sent.signature.expose());
            }
        }
    }

    /// Learns what the last request was signed with.
    pub(crate) fn learn_authorization(&mut self, request: &Request) {
        /// More than the requests that are made while a signature is good.
        const MOST: usize = 16;
        let sent = request.headers.iter().find(|(name, _)| name == "authorization");
        if let Some((_, signature)) = sent.and_then(|(_, value)| value.split_once("Signature=")) {
            self.signatures.truncate(MOST - 1);
            self.signatures.insert(0, Known(Secret::new(signature), TELLING));
        }
    }

    /// Learns the query of a URL that may be presigned, and its values.
    pub(crate) fn learn_url(&mut self, url: &str) {
        learn_url(&mut self.secrets, url, "", usize::MAX);
    }

    /// Learns the URL that this try was redirected to, until [`forget_redirects`](Self::forget_redirects). What was in the
    /// URL `from` already is no secret, or a known one.
    pub(crate) fn learn_redirect(&mut self, url: &str, from: &str) {
        let learnt: usize = self.redirects.iter().map(|known| known.0.expose().len()).sum();
        learn_url(&mut self.redirects, url, from, MOST_OF_REDIRECTS.saturating_sub(learnt));
    }

    /// Forgets the last try's redirects.
    pub(crate) fn forget_redirects(&mut self) {
        self.redirects.clear();
    }

    /// Learns a secret, in whatever spelling it may come back.
    pub(crate) fn learn(&mut self, secret: &str) {
        learn(&mut self.secrets, secret);
    }

    /// `text` on one line of at most `limit` bytes, without what is secret.
    pub(crate) fn line(&self, text: &str, limit: usize) -> String {
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
        cut(line, limit)
    }

    fn masked(&self, text: &str) -> String {
        let mut skeleton = Skeleton::of(text);
        for Known(secret, width) in self.secrets.iter().chain(&self.redirects).chain(&self.signatures) {
            skeleton.mask(&Skeleton::of(secret.expose()), *width);
        }
        let mut masked = String::with_capacity(text.len());
        // What is shown begins here, or what is masked ends.
        let (mut from, mut hidden) = (0, false);
        for (place, hide) in skeleton.masked() {
            let between = text.get(from..place).unwrap_or_default();
            let goes_on = hidden && hide && !between.contains(char::is_whitespace);
            if !goes_on {
                // What fills a value up belongs to it.
                masked.push_str(if hidden { between.trim_start_matches('=') } else { between });
                masked.push_str(if hide { MASK } else { text.get(place..=place).unwrap_or_default() });
            }
            (from, hidden) = (place + 1, hide);
        }
        let between = text.get(from..).unwrap_or_default();
        masked.push_str(if hidden { between.trim_start_matches('=') } else { between });
        masked
    }
}

fn learn_url(secrets: &mut Vec<Known>, url: &str, from: &str, mut most: usize) {
    let Some(query) = uri::split(url).query else {
        return;
    };
    for parameter in query.split('&') {
        let value = parameter.split_once('=').map_or(parameter, |(_, value)| value);
        if !from.contains(value) && value.len() <= most {
            most -= value.len();
            learn(secrets, value);
        }
    }
}

fn learn(secrets: &mut Vec<Known>, secret: &str) {
    if secret.bytes().filter(u8::is_ascii_alphanumeric).count() >= SHORTEST {
        secrets.push(Known(Secret::new(secret), TELLING));
    }
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
