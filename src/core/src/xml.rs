//! XML as AWS answers it: the elements that hold text.
//!
//! Token by token, as AWS's SDK for Rust reads it and with the same library: a reader of whole documents would refuse one
//! that was cut.

use alloc::string::String;
use alloc::vec::Vec;

use xmlparser::{ElementEnd, Reference, Stream, Token, Tokenizer};

/// Shows `visit` each element at its end: the name of the one around it (empty for the root), its own, and the text since the last
/// element began. Names are without their prefix. What was read before the document broke off, if it did, counts.
pub fn elements(text: &str, mut visit: impl FnMut(&str, &str, &str)) {
    let mut open: Vec<&str> = Vec::new();
    let mut content = String::new();
    for token in Tokenizer::from(text).map_while(Result::ok) {
        match token {
            Token::ElementStart { local, .. } => {
                open.push(local.as_str());
                content.clear();
            }
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            Token::ElementEnd { .. } => {
                let name = open.pop().unwrap_or_default();
                visit(open.last().copied().unwrap_or_default(), name, &content);
                content.clear();
            }
            Token::Text { text } => unescape(text.as_str(), &mut content),
            Token::Cdata { text, .. } => content.push_str(text.as_str()),
            _ => {}
        }
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
