//! `<ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>`, and S3's `<Error>` as the root.
//!
//! A reader of its own: four texts are wanted, and an XML library is a quarter of the component's size.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{ErrorResponse, Fault};
use crate::number;

/// What was read before the document broke off, if it did, counts.
pub(super) fn parse(text: &str) -> Option<ErrorResponse> {
    let mut error = ErrorResponse::default();
    let mut open: Vec<&str> = Vec::new();
    let mut content = String::new();
    let mut rest = text;
    while let Some((before, markup)) = rest.split_once('<') {
        unescape(before, &mut content);
        rest = if let Some(cdata) = markup.strip_prefix("![CDATA[") {
            let Some((verbatim, after)) = cdata.split_once("]]>") else { break };
            content.push_str(verbatim);
            after
        } else if let Some(comment) = markup.strip_prefix("!--") {
            let Some((_, after)) = comment.split_once("-->") else { break };
            after
        } else {
            let Some((tag, after)) = cut_tag(markup) else { break };
            if matches!(tag.as_bytes(), [b'?' | b'!', ..]) {
                // A declaration.
            } else if tag.starts_with("/") {
                close(&mut error, &mut open, &mut content);
            } else {
                open.push(local_name(tag));
                content.clear();
                if tag.ends_with("/") {
                    close(&mut error, &mut open, &mut content);
                }
            }
            after
        };
    }
    Some(error)
}

/// Splits a tag from what follows its `>`, which may also stand in a quoted attribute.
fn cut_tag(markup: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some((markup.get(..at)?, markup.get(at + 1..)?)),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// A start tag's name without its namespace's prefix.
fn local_name(tag: &str) -> &str {
    let end = tag.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'/');
    let name = end.and_then(|end| tag.get(..end)).unwrap_or(tag);
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// Keeps what the innermost element holds if it is one of the four; the first of each counts.
fn close(error: &mut ErrorResponse, open: &mut Vec<&str>, content: &mut String) {
    let name = open.pop().unwrap_or_default();
    let parent = open.last().copied().unwrap_or_default();
    let text = content.trim().to_owned();
    content.clear();
    match name {
        "Code" if parent == "Error" && error.code.is_empty() => error.code = text,
        "Message" if parent == "Error" && error.message.is_empty() => error.message = text,
        "Type" if parent == "Error" && error.fault.is_none() => error.fault = Fault::named(&text),
        "RequestId" | "RequestID" if error.request_id.is_none() && !text.is_empty() => {
            error.request_id = Some(text);
        }
        _ => {}
    }
}

/// Appends `text` with its references replaced; an unknown one stands as it is.
fn unescape(text: &str, content: &mut String) {
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        content.push_str(before);
        let reference = reference(from);
        let (character, after) = reference.unwrap_or(('&', from));
        content.push(character);
        rest = after;
    }
    content.push_str(rest);
}

/// The reference that `from` begins with, after its `&`, and what follows its `;`. None is longer than `#x10FFFF`: a
/// body of nothing but `&` would else be searched through once for each.
fn reference(from: &str) -> Option<(char, &str)> {
    const LONGEST: usize = 8;
    let end = from.bytes().take(LONGEST + 1).position(|byte| byte == b';')?;
    Some((referred(from.get(..end)?)?, from.get(end + 1..)?))
}

fn referred(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix("#")?;
            let code = match digits.strip_prefix("x") {
                Some(hex) => number::parse(hex, 16),
                None => number::parse(digits, 10),
            };
            char::from_u32(u32::try_from(code?).ok()?)
        }
    }
}
