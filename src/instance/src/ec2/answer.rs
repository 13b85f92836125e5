//! EC2's answers: `<DescribeTagsResponse><tagSet><item><key/><value/></item></tagSet></DescribeTagsResponse>`, and
//! `<Response><Errors><Error><Code/><Message/></Error></Errors></Response>`.

use xmlparser::{ElementEnd, Reference, Stream, Token, Tokenizer};

/// What is taken of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Keys and values; `None` where it is not a whole answer with tags.
    pub(super) tags: Option<Vec<(String, String)>>,
    pub(super) code: String,
    pub(super) message: String,
}

impl Answer {
    pub(super) fn read(text: &str) -> Self {
        let (mut answer, mut tags) = (Self::default(), Vec::new());
        let (mut open, mut content): (Vec<&str>, String) = Default::default();
        let (mut key, mut whole) = (String::new(), false);
        for token in Tokenizer::from(text.trim_start_matches('\u{feff}').trim_start()).map_while(Result::ok) {
            match token {
                Token::ElementStart { local, .. } => {
                    open.push(local.as_str());
                    content.clear();
                }
                Token::ElementEnd { end: ElementEnd::Open, .. } => {}
                Token::ElementEnd { .. } => {
                    let (name, parent) = (open.pop().unwrap_or_default(), open.last().copied());
                    let held = std::mem::take(&mut content);
                    match (parent, name) {
                        (Some("item"), "key") => key = held,
                        (Some("item"), "value") => tags.push((std::mem::take(&mut key), held)),
                        (Some("Error"), "Code") => held.trim().clone_into(&mut answer.code),
                        (Some("Error"), "Message") => held.trim().clone_into(&mut answer.message),
                        (None, "DescribeTagsResponse") => whole = true,
                        _ => {}
                    }
                }
                Token::Text { text } => unescape(text.as_str(), &mut content),
                Token::Cdata { text, .. } => content.push_str(text.as_str()),
                _ => {}
            }
        }
        answer.tags = whole.then_some(tags);
        answer
    }
}

/// Appends `text` with its references replaced; an unknown one stands as it is.
fn unescape(text: &str, content: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        content.push_str(before);
        let from = rest.get(before.len()..).unwrap_or_default();
        let mut stream = Stream::from(from);
        rest = if let Some(Reference::Char(character)) = stream.try_consume_reference() {
            content.push(character);
            stream.slice_tail().as_str()
        } else {
            content.push('&');
            after
        };
    }
    content.push_str(rest);
}
