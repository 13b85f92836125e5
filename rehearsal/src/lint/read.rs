//! A template as lint reads it, which goes on where a stack could not be made of it.

use std::borrow::Cow;

use super::placeholders::{self, MASK, Span, Tool};
use super::source::Source;
use crate::template::error::{Fault, quoted};
use crate::template::node::{Entry, Kind, Node, Place};
use crate::template::yaml::{self, Document, Repeated};

/// What is read, and what was in the way.
pub(super) struct Read<'t> {
    pub(super) document: Document,
    /// The text, with placeholders written over where they were in the way.
    pub(super) text: Cow<'t, str>,
    pub(super) foreign: Vec<Foreign>,
}

/// What is not CloudFormation's.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub(super) what: What,
    pub(super) place: Place,
    /// What is wrong with it, or the placeholder itself.
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Tag,
    Placeholder(Tool),
}

impl Read<'_> {
    /// Whether another tool writes parts of what CloudFormation gets.
    pub(super) fn is_unfinished(&self) -> bool {
        self.foreign
            .iter()
            .any(|foreign| !matches!(foreign.what, What::Placeholder(Tool::Reference | Tool::Parenthesis)))
    }

    /// Whether CloudFormation would get something else than what is here.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign.iter().any(|foreign| foreign.what != What::Placeholder(Tool::Parenthesis))
    }
}

/// Reads a template's text.
pub(super) fn read(text: &str) -> Result<Read<'_>, Fault> {
    match yaml::tolerant(text) {
        Ok(document) if !holds_erb(&document.root) => {
            let text = Cow::Borrowed(text);
            let mut foreign = tags(&document);
            foreign.extend(told(&text, &placeholders::parenthesised(&text)));
            Ok(Read { document, text, foreign })
        }
        read => {
            let spans = placeholders::find(text);
            // What may be a variable of a script is one, if all can be read with it.
            let surer: Vec<Span> = spans.iter().filter(|span| span.tool != Tool::Dollar).cloned().collect();
            if surer.len() < spans.len()
                && let Some(masked) = placeholders::masked(text, &surer).filter(|_| !surer.is_empty())
                && let Ok(read) = without(text, masked, &surer)
            {
                return Ok(read);
            }
            match placeholders::masked(text, &spans).filter(|_| !spans.is_empty()) {
                // What is left is the template's own: that a placeholder is no YAML is known by then.
                Some(masked) => without(text, masked, &spans),
                None => read.map(|document| Read {
                    foreign: tags(&document),
                    document,
                    text: Cow::Borrowed(text),
                }),
            }
        }
    }
}

/// The same with the placeholders out of the way.
fn without<'t>(text: &'t str, masked: String, spans: &[Span]) -> Result<Read<'t>, Fault> {
    let mut document = yaml::tolerant(&masked)?;
    let mut foreign = told(text, spans);
    foreign.extend(tags(&document));
    let source = Source::new(text);
    unmask(&mut document.root, &source);
    // Branches of which only one is taken have the same keys.
    document.repeated = Vec::<Repeated>::new();
    Ok(Read { document, text: Cow::Owned(masked), foreign })
}

fn tags(document: &Document) -> Vec<Foreign> {
    let tag =
        |tag: &yaml::UnknownTag| Foreign { what: What::Tag, place: tag.place, text: tag.problem.clone() };
    document.unknown_tags.iter().map(tag).collect()
}

fn told(text: &str, spans: &[Span]) -> Vec<Foreign> {
    // A mark of the text's encoding is on no line.
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let source = Source::new(text);
    let one = |span: &Span| Foreign {
        what: What::Placeholder(span.tool),
        place: source.place_of(span.range.start.saturating_sub(mark)),
        text: quoted(text.get(span.range.clone()).unwrap_or_default()),
    };
    spans.iter().map(one).collect()
}

/// Whether a value is nothing but ERB's, which is text to YAML.
fn holds_erb(node: &Node) -> bool {
    match &node.kind {
        Kind::Text(text) => text.starts_with("<%") && text.ends_with("%>"),
        Kind::List(items) => items.iter().any(holds_erb),
        Kind::Map(entries) => entries.iter().any(|entry| holds_erb(&entry.value)),
        _ => false,
    }
}

/// Keys get back what was written, for their names are told. A value that is not a text of several words is a function
/// that nobody knows; in texts `build` finds the placeholders.
fn unmask(node: &mut Node, source: &Source<'_>) {
    match &mut node.kind {
        Kind::Text(text) if text.contains(MASK) && !text.contains(char::is_whitespace) => {
            let inner = Node { kind: Kind::Null, ..node.clone() };
            let entry = Entry { key: FUNCTION.to_owned(), place: node.place, value: inner };
            node.kind = Kind::Map(vec![entry]);
        }
        Kind::List(items) => items.iter_mut().for_each(|item| unmask(item, source)),
        Kind::Map(entries) => {
            for entry in entries {
                if entry.key.contains(MASK) {
                    let start = source.byte_at(entry.place);
                    let written =
                        source.text.get(start..).unwrap_or_default().trim_start_matches(['"', '\'']);
                    entry.key = written.chars().take(entry.key.chars().count()).collect();
                }
                unmask(&mut entry.value, source);
            }
        }
        _ => {}
    }
}

/// What a value is whose placeholder is not filled in.
pub(super) const FUNCTION: &str = "Fn::Placeholder";

/// A message without the letters that stand for a placeholder's.
pub(super) fn unmasked(message: &str) -> String {
    let spelt = MASK.escape_debug().to_string();
    let mut said = String::with_capacity(message.len());
    let mut was_mask = false;
    let mut rest = message;
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with(&spelt) { spelt.len() } else { letter.len_utf8() };
        let is_mask = letter == MASK || rest.starts_with(&spelt);
        match (is_mask, was_mask) {
            (true, true) => {}
            (true, false) => said.push('…'),
            (false, _) => said.push(letter),
        }
        was_mask = is_mask;
        rest = rest.get(length..).unwrap_or_default();
    }
    said
}

/// Whether a text is likely to be a template, where nobody says so: its resources have types, or it says that it is one.
pub(crate) fn looks_like_template(text: &str) -> bool {
    const MARK: &str = "AWSTemplateFormatVersion";
    if !text.contains("Resources") {
        return false;
    }
    match read(text) {
        Ok(read) => {
            let root = &read.document.root;
            let Some(resources) = root.get("Resources").filter(|it| it.is_map()) else { return false };
            let is_typed = |resource: &Node| {
                let kind = resource.get("Type");
                kind.is_some_and(|kind| {
                    kind.function().is_some() || kind.text().is_some_and(|it| it.contains("::"))
                })
            };
            let is_one = |entry: &Entry| is_typed(&entry.value) || entry.key.starts_with("Fn::");
            root.get(MARK).is_some() || resources.entries().iter().any(is_one)
        }
        // So that what cannot be read is told.
        Err(_) => {
            let is_mark = |line: &str| line.trim_start_matches([' ', '"', '\'', '{']).starts_with(MARK);
            text.lines().any(is_mark)
                || (text.contains("\nResources:")
                    || text.starts_with("Resources:")
                    || text.contains("\"Resources\""))
                    && (text.contains("Type: AWS::") || text.contains("\"AWS::"))
        }
    }
}
