//! A template as a tree: short tags are already their long form, and every node knows its place.

/// Line and column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Unique in the template, also among the copies that aliases make.
    pub(super) id: u32,
    pub(super) place: Place,
    /// The last line the node's text may reach.
    pub(super) last_line: u32,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    /// `true`, and what YAML 1.1 takes for it.
    Bool(bool),
    /// Dates too: CloudFormation passes them on as they are written.
    Text(String),
    /// A number that JSON has too, as it is written.
    Number(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) value: Node,
}

impl Node {
    /// The value of `key` in a map.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// A map's entries; none where it is no map.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// A scalar as CloudFormation passes it on.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// `Ref` or `Fn::…` and its argument, where the node is a function.
    pub(super) fn function(&self) -> Option<(&str, &Node)> {
        match self.entries() {
            [entry] if is_function(&entry.key) => Some((&entry.key, &entry.value)),
            _ => None,
        }
    }

    /// What the node is, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self.kind {
            Kind::Null => "empty",
            Kind::Bool(_) => "true or false",
            Kind::Text(_) | Kind::Number(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) if self.function().is_some() => "a function",
            Kind::Map(_) => "a map",
        }
    }

    /// The way to a node, such as `Resources.Server.Properties.UserData`: up to the first function, whose place
    /// says the rest.
    pub(super) fn path_to(&self, id: u32) -> Option<String> {
        let mut keys = Vec::new();
        if !self.find(id, &mut keys) {
            return None;
        }
        let mut path = String::new();
        for key in keys {
            match key {
                Step::Key(key) if is_function(key) => break,
                Step::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.extend(key.chars().take(255).flat_map(char::escape_debug));
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        Some(path)
    }

    /// Where `wanted` stands in the source of this scalar, after `earlier` others of its like.
    pub(super) fn find_in_source(&self, source: &str, wanted: &str, earlier: usize) -> Option<Place> {
        let (first, last) = (usize::try_from(self.place.line).ok()?, usize::try_from(self.last_line).ok()?);
        let skipped = usize::try_from(self.place.column).ok()?.saturating_sub(1);
        let lines =
            source.lines().enumerate().skip(first.saturating_sub(1)).take((last + 1).saturating_sub(first));
        let mut found = lines.flat_map(|(index, line)| {
            line.match_indices(wanted).filter_map(move |(start, _)| {
                let column = line.get(..start)?.chars().count();
                (index + 1 > first || column >= skipped).then_some((index + 1, column + 1))
            })
        });
        let (line, column) = found.nth(earlier)?;
        Some(Place { line: u32::try_from(line).ok()?, column: u32::try_from(column).ok()? })
    }

    fn find<'n>(&'n self, id: u32, keys: &mut Vec<Step<'n>>) -> bool {
        if self.id == id {
            return true;
        }
        let found = |step: Step<'n>, value: &'n Node, keys: &mut Vec<Step<'n>>| {
            keys.push(step);
            let found = value.find(id, keys);
            if !found {
                keys.pop();
            }
            found
        };
        match &self.kind {
            Kind::List(items) => {
                items.iter().enumerate().any(|(index, item)| found(Step::Index(index), item, keys))
            }
            Kind::Map(entries) => {
                entries.iter().any(|entry| found(Step::Key(&entry.key), &entry.value, keys))
            }
            _ => false,
        }
    }
}

enum Step<'n> {
    Key(&'n str),
    Index(usize),
}

/// Whether a key names a function where it stands alone in its map.
pub(super) fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}
