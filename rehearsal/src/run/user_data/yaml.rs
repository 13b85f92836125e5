//! The YAML of cloud-config, by the rules of YAML 1.1 as cloud-init's reader follows them.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::number::{Number, number};

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

const MAX_DEPTH: usize = 100;
/// More than user data of the greatest size holds; reached by aliases of aliases only.
const MAX_VALUES: usize = 100_000;

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

/// Reads the first document.
pub(super) fn read(text: &str) -> Result<Value, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), values: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(Value::Null),
            event => return reader.value(event, span, 0),
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// With the number of their values.
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(YamlError {
                line: error.marker().line(),
                column: error.marker().col() + 1,
                problem: error.info().to_owned(),
            }),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn value(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Value, YamlError> {
        let refuse = |problem: &str| {
            let (line, column) = (span.start.line(), span.start.col() + 1);
            Err(YamlError { line, column, problem: problem.to_owned() })
        };
        let before = self.values;
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return refuse("nested too deep, or too many values");
        }
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let Some((value, count)) = self.anchors.get(&id) else {
                    return refuse("an alias inside what it stands for");
                };
                // A copy is as deep as what it copies: what is read stays within the depth where it is read.
                self.values += count;
                if self.values > MAX_VALUES || depth + height(value) > MAX_DEPTH {
                    return refuse("nested too deep, or too many values");
                }
                return Ok(value.clone());
            }
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_deref()), anchor),
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::SequenceEnd {
                        break;
                    }
                    items.push(self.value(event, span, depth + 1)?);
                }
                (Value::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => (Value::Map(self.entries(depth)?), anchor),
            _ => return refuse("a value is missing here"),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), self.values - before));
        }
        Ok(value)
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<(String, Value)>, YamlError> {
        let (mut entries, mut merged) = (Vec::new(), Vec::new());
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.value(event, span, depth + 1)?;
            let (event, value_span) = self.next()?;
            let value = self.value(event, value_span, depth + 1)?;
            match (key.text(), value) {
                (Some("<<"), Value::Map(entries)) => merged.extend(entries),
                (Some(key), value) => entries.push((key.to_owned(), value)),
                (None, _) => {
                    let (line, column) = (span.start.line(), span.start.col() + 1);
                    return Err(YamlError { line, column, problem: "a key has to be text".to_owned() });
                }
            }
        }
        // A map's own entries win over merged ones.
        merged.append(&mut entries);
        Ok(merged)
    }
}

fn height(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(height).max().unwrap_or_default(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| height(value)).max().unwrap_or_default(),
        _ => 0,
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let tag = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
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
        text => match number(text) {
            Some(number) => Value::Number(number),
            None => Value::Text(text.to_owned()),
        },
    }
}
