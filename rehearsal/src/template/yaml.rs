//! From YAML or JSON, which is YAML too, to nodes.
//!
//! saphyr-parser gives events with their tags and places, so that the limits here hold before anything is built.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    str::Chars,
};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use super::{
    error::{Fault, quoted},
    node::{Entry, Kind, Node, Place},
};
use crate::number;
use crate::yaml::{Budget, Size};

#[cfg(test)]
mod tests;

/// The service's own limit on a template.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub(super) const MAX_BYTES: usize = 1_048_576;
/// More than a template of the greatest size holds; reached by aliases of aliases only.
const MAX_NODES: usize = 250_000;

/// Reads the one document of a template.
pub(crate) fn read(text: &str) -> Result<Node, Fault> {
    let start = Place { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        let problem =
            format!("the template has more than {MAX_BYTES} bytes, which is all that CloudFormation takes");
        return Err(Fault::syntax(start, problem));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = text.trim_start().starts_with('{');
    let yaml = if is_json { Cow::Owned(json_as_yaml(text)) } else { Cow::Borrowed(text) };
    let parser = Parser::new_from_str(&yaml);
    Reader { parser, last: start, budget: Budget::new(MAX_NODES), anchors: HashMap::new() }.document()
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    last: Place,
    budget: Budget,
    anchors: HashMap<usize, (Node, Size)>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    return Err(Fault::syntax(
                        place(span.start),
                        "a second document begins here; a template is one",
                    ));
                }
                event => root = Some(self.node(event, span, 0)?.0),
            }
        }
        root.ok_or_else(|| Fault::syntax(Place { line: 1, column: 1 }, "the template is empty"))
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.last = place(span.start);
                Ok((event, span))
            }
            Some(Err(error)) => {
                let problem = format!("not readable as YAML or JSON: {}", error.info());
                Err(Fault::syntax(place(*error.marker()), problem))
            }
            None => Err(Fault::syntax(self.last, "the template ends too early")),
        }
    }

    /// A node and what it holds.
    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<(Node, Size), Fault> {
        let at = place(span.start);
        let (kind, mut size, anchor, tag) = match event {
            Event::Alias(id) => return self.alias(id, at, depth),
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref()), Size::one(text.len()), anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => {
                let (items, size) = self.sequence(at, depth)?;
                (Kind::List(items), size, anchor, tag)
            }
            Event::MappingStart(anchor, tag) => {
                let (entries, size) = self.mapping(at, depth)?;
                (Kind::Map(entries), size, anchor, tag)
            }
            _ => return Err(Fault::syntax(at, "a value is missing here")),
        };
        let last_line = number(span.end.line()).max(self.last.line);
        let own = if let Kind::List(_) | Kind::Map(_) = kind { Size::one(0) } else { size };
        let mut node = Node { id: self.spend(own, at, depth)?, place: at, last_line, kind };
        if let Some(key) = tag.as_deref().map(|tag| function(tag, at)).transpose()?.flatten() {
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
        let mut keys = HashSet::new();
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
            if !keys.insert(key.clone()) {
                return Err(Fault::syntax(at, format!("the key {} is here twice", quoted(&key))));
            }
            entries.push(Entry { key, place: at, value });
        }
        // A map's own entries win over merged ones, and earlier merged ones over later.
        entries.extend(merged.into_iter().filter(|entry| keys.insert(entry.key.clone())));
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
    let forced = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
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

/// The long form of a short tag; `None` for YAML's own tags.
fn function(tag: &Tag, at: Place) -> Result<Option<String>, Fault> {
    const FUNCTIONS: [&str; 21] = [
        "And",
        "Base64",
        "Cidr",
        "Contains",
        "EachMemberEquals",
        "EachMemberIn",
        "Equals",
        "FindInMap",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Length",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
        "Transform",
    ];
    if tag.is_yaml_core_schema() {
        return match tag.suffix.as_str() {
            "str" | "int" | "float" | "bool" | "null" | "seq" | "map" => Ok(None),
            other => Err(Fault::syntax(at, format!("CloudFormation takes no !!{other}"))),
        };
    }
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("", "!") | ("!", "") => Ok(None),
        ("!", name @ ("Ref" | "Condition")) => Ok(Some(name.to_owned())),
        ("!", name) if FUNCTIONS.contains(&name) => Ok(Some(format!("Fn::{name}"))),
        (_, name) => {
            let known = name.strip_prefix("Fn::").filter(|name| FUNCTIONS.contains(name));
            let hint = known.map(|name| format!("; write !{name}")).unwrap_or_default();
            Err(Fault::syntax(at, format!("CloudFormation has no tag {}{hint}", quoted(&tag.to_string()))))
        }
    }
}

/// What JSON has and the YAML parser does not take: tabs between values, and a character above U+FFFF written as two
/// escapes. Lines stay as they are, and columns up to such an escape.
fn json_as_yaml(text: &str) -> String {
    let mut yaml = String::with_capacity(text.len());
    let mut rest = text.chars();
    let mut is_string = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' => match surrogates(rest.clone()) {
                Some((whole, after)) => {
                    yaml.push_str(&format!("\\U{:08X}", u32::from(whole)));
                    rest = after;
                }
                None => {
                    yaml.push('\\');
                    yaml.extend(rest.next());
                }
            },
            '\t' if !is_string => yaml.push(' '),
            other => {
                is_string ^= other == '"';
                yaml.push(other);
            }
        }
    }
    yaml
}

/// The character that `uD83D\uDE00` stands for, and what follows it.
fn surrogates(mut rest: Chars<'_>) -> Option<(char, Chars<'_>)> {
    let high = code_unit(&mut rest)?;
    rest.next().filter(|next| *next == '\\')?;
    let low = code_unit(&mut rest)?;
    let whole = char::decode_utf16([high, low]).next()?.ok().filter(|whole| u32::from(*whole) > 0xffff)?;
    Some((whole, rest))
}

fn code_unit(rest: &mut Chars<'_>) -> Option<u16> {
    rest.next().filter(|next| *next == 'u')?;
    let code = (0..4).try_fold(0, |code, _| Some(code * 16 + rest.next()?.to_digit(16)?))?;
    u16::try_from(code).ok()
}

fn place(marker: Marker) -> Place {
    Place { line: number(marker.line()), column: number(marker.col() + 1) }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
