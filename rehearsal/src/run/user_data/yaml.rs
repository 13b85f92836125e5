//! The YAML of cloud-config, by the rules of YAML 1.1 as cloud-init's reader follows them.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use crate::number::{self, Number};
use crate::yaml::{Budget, Excess, Size};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    /// Dates too, as they are written.
    Text(String),
    /// `!!binary`.
    Binary(Vec<u8>),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// Not readable.
#[derive(Debug, thiserror::Error)]
#[error("not readable as YAML at line {line}, column {column}: {problem}")]
pub(super) struct YamlError {
    line: usize,
    column: usize,
    problem: String,
}

impl Value {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        match self {
            // The last of a key counts.
            Self::Map(entries) => entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A scalar as Python writes it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Null => Some("None"),
            Self::Bool(true) => Some("True"),
            Self::Bool(false) => Some("False"),
            Self::Number(number) => Some(&number.text),
            Self::Text(text) => Some(text),
            Self::Binary(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Binary(_) => "binary",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// Reads the first document, and takes what it holds from what its user data may.
pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Value, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), budget };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(Value::Null),
            event => return Ok(reader.value(event, span, 0)?.0),
        }
    }
}

struct Reader<'t, 'b> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, (Value, Size)>,
    budget: &'b mut Budget,
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(YamlError {
                line: error.marker().line(),
                column: error.marker().col() + 1,
                problem: error.info(),
            }),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// A value and what it holds.
    fn value(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<(Value, Size), YamlError> {
        let excess = |excess: Excess| refused(span, excess.to_string());
        let (value, size, anchor) = match event {
            Event::Alias(id) => {
                let Some((value, size)) = self.anchors.get(&id) else {
                    return Err(refused(span, "an alias inside what it stands for"));
                };
                self.budget.spend(*size, depth).map_err(excess)?;
                return Ok((value.clone(), *size));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let size = Size::one(text.len());
                self.budget.spend(size, depth).map_err(excess)?;
                (scalar(&text, style, tag.as_deref()), size, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.budget.spend(Size::one(0), depth).map_err(excess)?;
                let (items, size) = self.items(depth)?;
                (Value::List(items), size, anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                self.budget.spend(Size::one(0), depth).map_err(excess)?;
                let (entries, size) = self.entries(depth)?;
                (Value::Map(entries), size, anchor)
            }
            _ => return Err(refused(span, "a value is missing here")),
        };
        if anchor != 0 {
            self.budget.spend(size, depth).map_err(excess)?;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok((value, size))
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Value>, Size), YamlError> {
        let (mut items, mut size) = (Vec::new(), Size::one(0));
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok((items, size));
            }
            let (item, inner) = self.value(event, span, depth + 1)?;
            size = size.with(inner);
            items.push(item);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<(String, Value)>, Size), YamlError> {
        let (mut entries, mut merged, mut size) = (Vec::new(), Vec::new(), Size::one(0));
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let (key, name) = self.value(event, span, depth + 1)?;
            let (event, value_span) = self.next()?;
            let (value, inner) = self.value(event, value_span, depth + 1)?;
            size = size.with(name).with(inner);
            match (key.text(), value) {
                (Some("<<"), Value::Map(entries)) => merged.extend(entries),
                (Some(key), value) => entries.push((key.to_owned(), value)),
                (None, _) => return Err(refused(span, "a key has to be text")),
            }
        }
        // A map's own entries win over merged ones.
        merged.append(&mut entries);
        Ok((merged, size))
    }
}

fn refused(span: Span, problem: impl Into<String>) -> YamlError {
    YamlError { line: span.start.line(), column: span.start.col() + 1, problem: problem.into() }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let tag = tag.filter(|tag| tag.handle() == "tag:yaml.org,2002:").map(|tag| tag.suffix());
    if tag == Some("binary") {
        let compact: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        return STANDARD.decode(compact).map_or_else(|_| Value::Text(text.to_owned()), Value::Binary);
    }
    if style != ScalarStyle::Plain || tag == Some("str") {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Value::Bool(false),
        text => match number::yaml(text) {
            Some(number) => Value::Number(number),
            None => Value::Text(text.to_owned()),
        },
    }
}
