//! `<ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>`, and S3's `<Error>` as the root.
//!
//! Token by token, as AWS's SDK for Rust reads it and with the same library: a reader of whole documents would refuse one
//! that was cut.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use xmlparser::{ElementEnd, Reference, Stream, Token, Tokenizer};

use super::{ErrorResponse, Fault};

/// What was read before the document broke off, if it did, counts.
pub(super) fn parse(text: &str) -> ErrorResponse {
    let mut error = ErrorResponse::default();
    let mut open: Vec<&str> = Vec::new();
    let mut content = String::new();
    for token in Tokenizer::from(text).map_while(Result::ok) {
        match token {
            Token::ElementStart { local, .. } => {
                open.push(local.as_str());
                content.clear();
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { .. } => close(&mut error, &mut open, &mut content),
            Token::Text { text } => unescape(text.as_str(), &mut content),
            Token::Cdata { text, .. } => content.push_str(text.as_str()),
            _ => {}
        }
    }
    error
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
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at_checked(at).unwrap_or_default();
        content.push_str(before);
        let mut stream = Stream::from(from);
        rest = if let Some(Reference::Char(character)) = stream.try_consume_reference() {
            content.push(character);
            stream.slice_tail().as_str()
        } else {
            content.push('&');
            from.get(1..).unwrap_or_default()
        };
    }
    content.push_str(rest);
}
