//! From YAML or JSON, which is YAML too, to nodes.
//!
//! granit-parser gives events with their tags and places, so that the limits here hold before anything is built.

mod comment;
mod dash;
mod tags;

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use self::tags::function;
use super::{
    error::Fault,
    node::{Entry, Kind, Node, Place},
};
use crate::number;
use crate::yaml::{Budget, Size};

#[cfg(test)]
mod tests;

/// The service's own limit on a template.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub(crate) const MAX_BYTES: usize = 1_048_576;
/// More than a template of the greatest size holds; reached by aliases of aliases only.
const MAX_NODES: usize = 250_000;
const START: Place = Place { line: 1, column: 1 };

/// What a template's text is read to.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Node,
    /// In the text's order.
    pub(crate) repeated: Vec<Repeated>,
    /// Tags that CloudFormation has not; none where they are refused.
    pub(crate) unknown_tags: Vec<UnknownTag>,
    /// Where a second document begins; none where it is refused. Of several the first that has resources is read.
    pub(crate) second: Option<Place>,
}

/// A tag that CloudFormation has not, which is read as a function that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownTag {
    pub(crate) place: Place,
    /// What is wrong with it.
    pub(crate) problem: String,
}

/// A key that its map has already. The last of its values counts, as it does for the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repeated {
    pub(crate) key: String,
    /// Of the one that counts.
    pub(crate) place: Place,
    /// Of the one that does not.
    pub(crate) earlier: Place,
}

/// Reads the one document of a template.
pub(crate) fn read(text: &str) -> Result<Node, Fault> {
    document(text).map(|document| document.root)
}

/// Reads the one document of a template, and what is doubtful in it.
pub(crate) fn document(text: &str) -> Result<Document, Fault> {
    read_as(text, false)
}

/// The same, and goes on where a tag is not CloudFormation's, or after the first of several documents: for what looks at a template and makes no stack of it.
pub(crate) fn tolerant(text: &str) -> Result<Document, Fault> {
    read_as(text, true)
}

fn read_as(text: &str, is_tolerant: bool) -> Result<Document, Fault> {
    if text.len() > MAX_BYTES {
        let problem =
            format!("the template has more than {MAX_BYTES} bytes, which is all that CloudFormation takes");
        return Err(Fault::syntax(START, problem));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut text = Cow::Borrowed(text);
    for _ in 0..comment::MOST {
        let (document, met) = once(&text, is_tolerant);
        match met {
            Some(Met::Comment { at }) => match comment::without(&text, at) {
                Some(rest) => text = Cow::Owned(rest),
                None => return document,
            },
            _ => return document,
        }
    }
    once(&text, is_tolerant).0
}

/// Reads a text, with what its dashes are; and what it ended at.
fn once(text: &str, is_tolerant: bool) -> (Result<Document, Fault>, Option<Met>) {
    let as_it_is = dash::Text::as_it_is(text);
    let mut reader = Reader::new(&as_it_is, is_tolerant);
    let first = reader.document();
    if reader.met != Some(Met::Dash) {
        return (first, reader.met);
    }
    match dash::Text::with_stand_ins(text) {
        Some(text) => {
            let mut reader = Reader::new(&text, is_tolerant);
            let second = reader.document();
            (second, reader.met)
        }
        None => (first, reader.met),
    }
}

/// What CloudFormation's reader takes, and the one here ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// A dash that is a value of its own.
    Dash,
    /// A comment directly behind something else, so many letters from the beginning.
    Comment { at: usize },
}

fn has_resources(root: &Node) -> bool {
    root.get("Resources").is_some_and(Node::is_map)
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t dash::Text<'t>,
    last: Place,
    budget: Budget,
    anchors: HashMap<usize, (Node, Size)>,
    repeated: Vec<Repeated>,
    unknown_tags: Vec<UnknownTag>,
    /// Whether an unknown tag is no error, nor what follows the first document.
    is_tolerant: bool,
    /// What it ended at, if that can be taken otherwise.
    met: Option<Met>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t dash::Text<'t>, is_tolerant: bool) -> Self {
        Self {
            parser: Parser::new_from_str(text.as_str()),
            text,
            last: START,
            budget: Budget::new(MAX_NODES),
            anchors: HashMap::new(),
            repeated: Vec::new(),
            unknown_tags: Vec::new(),
            is_tolerant,
            met: None,
        }
    }

    fn document(&mut self) -> Result<Document, Fault> {
        let (mut root, mut second) = (None, None);
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::DocumentStart(..) if self.is_tolerant && root.is_some() => {
                    second = second.or(Some(place(span.start)));
                    // Another tool's settings may stand before the template.
                    if root.as_ref().is_some_and(has_resources) {
                        break;
                    }
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                event if self.is_tolerant && root.is_some() => {
                    let before = std::mem::take(&mut self.repeated);
                    let other = self.node(event, span, 0)?.0;
                    match has_resources(&other) {
                        true => root = Some(other),
                        false => self.repeated = before,
                    }
                }
                _ if root.is_some() => {
                    let problem = "a second document begins here; a template is one";
                    return Err(Fault::syntax(place(span.start), problem));
                }
                event => root = Some(self.node(event, span, 0)?.0),
            }
        }
        let root = root.ok_or_else(|| Fault::syntax(START, "the template is empty"))?;
        let repeated = std::mem::take(&mut self.repeated);
        Ok(Document { root, repeated, unknown_tags: std::mem::take(&mut self.unknown_tags), second })
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.last = place(span.start);
                let event = match event {
                    Event::Scalar(text, style, anchor, tag) => {
                        Event::Scalar(self.text.restored(text), style, anchor, tag)
                    }
                    other => other,
                };
                Ok((event, span))
            }
            Some(Err(error)) => {
                self.met = match *error.kind() {
                    ErrorKind::PlainScalarStartsWithDashFlowIndicator => Some(Met::Dash),
                    ErrorKind::CommentNotSeparated => Some(Met::Comment { at: error.marker().index() }),
                    _ => None,
                };
                let problem = format!("not readable as YAML or JSON: {}", error.info());
                Err(Fault::syntax(place(*error.marker()), problem))
            }
            None => Err(Fault::syntax(self.last, "the template ends too early")),
        }
    }

    /// A node and what it holds.
    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<(Node, Size), Fault> {
        // Where its tag is, if it has one.
        let at = place(span.tag_start().unwrap_or(span.start));
        let (kind, mut size, anchor, tag) = match event {
            Event::Alias(id) => return self.alias(id, at, depth),
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref()), Size::one(text.len()), anchor, tag)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let (items, size) = self.sequence(at, depth)?;
                (Kind::List(items), size, anchor, tag)
            }
            Event::MappingStart(_, anchor, tag) => {
                let (entries, size) = self.mapping(at, depth)?;
                (Kind::Map(entries), size, anchor, tag)
            }
            _ => return Err(Fault::syntax(at, "a value is missing here")),
        };
        let last_line = number(span.end.line()).max(self.last.line);
        let own = if let Kind::List(_) | Kind::Map(_) = kind { Size::one(0) } else { size };
        let mut node = Node { id: self.spend(own, at, depth)?, place: at, last_line, kind };
        if let Some(key) = tag.as_deref().map(|tag| self.function(tag, at)).transpose()?.flatten() {
            let call = Size::one(key.len());
            size = Size { height: size.height, ..call.with(size) };
            node = Node {
                id: self.spend(call, at, depth)?,
                place: at,
                last_line,
                kind: Kind::Map(vec![Entry { key, place: at, value: node }]),
            };
        }
        if anchor != 0 {
            self.spend(size, at, depth)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    /// The function that a tag is the short form of.
    fn function(&mut self, tag: &Tag, at: Place) -> Result<Option<String>, Fault> {
        match function(tag, at) {
            Err(fault) if self.is_tolerant => {
                self.unknown_tags.push(UnknownTag { place: at, problem: fault.into_reason() });
                let name = tag.suffix();
                Ok(Some(format!("Fn::{}", name.strip_prefix("Fn::").unwrap_or(name))))
            }
            read => read,
        }
    }

    fn sequence(&mut self, at: Place, depth: usize) -> Result<(Vec<Node>, Size), Fault> {
        self.spend(Size::default(), at, depth)?;
        let (mut items, mut size) = (Vec::new(), Size::one(0));
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok((items, size));
            }
            let (item, inner) = self.node(event, span, depth + 1)?;
            size = size.with(inner);
            items.push(item);
        }
    }

    fn mapping(&mut self, at: Place, depth: usize) -> Result<(Vec<Entry>, Size), Fault> {
        self.spend(Size::default(), at, depth)?;
        let (mut entries, mut merged, mut size) = (Vec::<Entry>::new(), Vec::new(), Size::one(0));
        let mut keys = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            let at = place(span.start);
            let (key, style) = match event {
                Event::MappingEnd => break,
                Event::Scalar(key, style, _, tag) => (scalar(&key, style, tag.as_deref()), style),
                _ => return Err(Fault::syntax(at, "a key has to be text")),
            };
            let key = match key {
                Kind::Text(key) | Kind::Number(key) => key,
                Kind::Bool(key) => key.to_string(),
                _ => return Err(Fault::syntax(at, "a key is missing here")),
            };
            let name = Size::text(key.len());
            self.spend(name, at, depth)?;
            let (event, span) = self.next()?;
            let (value, inner) = self.node(event, span, depth + 1)?;
            size = size.with(inner);
            size.bytes += name.bytes;
            if key == "<<" && style == ScalarStyle::Plain {
                merge(value, &mut merged)?;
                continue;
            }
            match keys.get(&key).and_then(|index: &usize| entries.get_mut(*index)) {
                // It stays where it was first.
                Some(entry) => {
                    self.repeated.push(Repeated { key, place: at, earlier: entry.place });
                    (entry.place, entry.value) = (at, value);
                }
                None => {
                    keys.insert(key.clone(), entries.len());
                    entries.push(Entry { key, place: at, value });
                }
            }
        }
        // A map's own entries win over merged ones, and earlier merged ones over later.
        for entry in merged {
            if !keys.contains_key(&entry.key) {
                keys.insert(entry.key.clone(), entries.len());
                entries.push(entry);
            }
        }
        Ok((entries, size))
    }

    /// A copy of what an alias stands for, with ids of its own.
    fn alias(&mut self, id: usize, at: Place, depth: usize) -> Result<(Node, Size), Fault> {
        let Some((node, size)) = self.anchors.get(&id) else {
            return Err(Fault::syntax(at, "an alias inside what it stands for"));
        };
        let last = self.budget.spend(*size, depth).map_err(|excess| Fault::syntax(at, excess.to_string()))?;
        let mut next = number(last.saturating_sub(size.values));
        let mut node = node.clone();
        renumber(&mut node, &mut next);
        Ok((node, *size))
    }

    /// Pays for what stands here, and gives the last node's number.
    fn spend(&mut self, size: Size, at: Place, depth: usize) -> Result<u32, Fault> {
        let nodes = self.budget.spend(size, depth).map_err(|excess| Fault::syntax(at, excess.to_string()))?;
        Ok(number(nodes))
    }
}

fn renumber(node: &mut Node, next: &mut u32) {
    *next += 1;
    node.id = *next;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| renumber(item, next)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| renumber(&mut entry.value, next)),
        _ => {}
    }
}

fn merge(value: Node, merged: &mut Vec<Entry>) -> Result<(), Fault> {
    match value.kind {
        Kind::Map(entries) => merged.extend(entries),
        Kind::List(items) if items.iter().all(Node::is_map) => {
            for item in items {
                merge(item, merged)?;
            }
        }
        _ => {
            return Err(Fault::syntax(
                value.place,
                "what is merged with << has to be a map or a list of maps",
            ));
        }
    }
    Ok(())
}

/// A scalar by the rules of YAML 1.1 as CloudFormation follows them: `yes`, `no`, `on` and `off` are booleans, `y` and
/// `n` are not. Numbers and dates stay text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let forced = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix());
    if style != ScalarStyle::Plain || forced == Some("str") {
        return Kind::Text(text.to_owned());
    }
    match text {
        // A short function's empty argument is empty text: `!Base64` alone, `!Sub` alone.
        "" if tag.is_some() => Kind::Text(String::new()),
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Kind::Bool(false),
        text if number::is_json(text) => Kind::Number(text.to_owned()),
        text => Kind::Text(text.to_owned()),
    }
}

fn place(marker: Marker) -> Place {
    Place { line: number(marker.line()), column: number(marker.col() + 1) }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
