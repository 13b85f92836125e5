//! Words and tests, as far as they are known without a machine.

use super::run::Run;
use crate::lint::shell::{PieceKind, Word};

/// A known value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    /// Whether it is a command's status.
    pub(super) is_status: bool,
    /// Whether that was read once the command that is tried had failed: a status from before it is another's on purpose.
    pub(super) is_late: bool,
    /// The variable that had it.
    pub(super) variable: Option<String>,
}

/// What grows beyond this is not followed: a few words may double it each.
const MAX_LENGTH: usize = 1 << 10;

impl Value {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_status: false, is_late: false, variable: None }
    }
}

/// The operators of tests, longest first where one begins another.
const OPERATORS: [&str; 12] = ["-eq", "-ne", "-gt", "-lt", "-ge", "-le", "==", "!=", ">=", "<=", "=", ">"];

impl Run<'_> {
    /// What a word is.
    pub(super) fn value(&self, word: &Word) -> Option<Value> {
        let mut value = Value::of("");
        for piece in &word.pieces {
            let written = self.text().text.get(piece.range.clone()).unwrap_or_default();
            let part = match &piece.kind {
                PieceKind::Literal(text) => Value::of(text.clone()),
                PieceKind::Status | PieceKind::Variable(_) | PieceKind::Other => self.expanded(written)?,
                PieceKind::Symbol(_) | PieceKind::Substitution(_) => return None,
            };
            value.text.push_str(&part.text);
            value.is_status |= part.is_status;
            value.is_late |= part.is_late;
            value.variable = part.variable.or(value.variable);
            if value.text.len() > MAX_LENGTH {
                return None;
            }
        }
        Some(value)
    }

    /// What `$?`, `$NAME`, `${NAME:-DEFAULT}` or `${PIPESTATUS[0]}` is.
    fn expanded(&self, written: &str) -> Option<Value> {
        let name = written.strip_prefix('$')?;
        let name = name.strip_prefix('{').and_then(|it| it.strip_suffix('}')).unwrap_or(name);
        if name == "?" {
            return Some(self.status(self.state.status));
        }
        if let Some(index) = name.strip_prefix("PIPESTATUS") {
            let index = index.trim_matches(['[', ']']).parse().unwrap_or(0);
            let status = self.state.pipe.get::<usize>(index)?;
            return Some(self.status(*status));
        }
        let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let (name, rest) = name.split_at(end.unwrap_or(name.len()));
        let known = self.variable(name);
        match rest {
            "" => known,
            _ => {
                let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'))?;
                let is_plain = !default.contains(['$', '`']);
                let is_unset = !self.state.variables.contains_key(name);
                known.or_else(|| (is_plain && is_unset).then(|| Value::of(default.trim_matches('"'))))
            }
        }
    }

    fn status(&self, status: u8) -> Value {
        Value { is_status: true, is_late: self.failed_at.is_some(), ..Value::of(status.to_string()) }
    }

    /// Whether a test is true; none where only a machine knows.
    pub(super) fn test(&mut self, written: &str) -> Option<bool> {
        let is_arithmetic = written.starts_with("((");
        let inner = match written {
            _ if is_arithmetic => written.trim_start_matches('(').trim_end_matches(')'),
            _ => written.strip_prefix("test ").unwrap_or(written).trim_matches(['[', ']', ' ']),
        };
        let found = self.any(inner, is_arithmetic);
        let is_about_status = inner.contains("$?") || inner.contains("PIPESTATUS");
        self.is_lost |= found.is_none() && is_about_status;
        found
    }

    fn any(&self, text: &str, is_arithmetic: bool) -> Option<bool> {
        let parts: Vec<Option<bool>> = split(text, &["||", " -o "])
            .into_iter()
            .map(|part| {
                let all: Vec<Option<bool>> = split(part, &["&&", " -a "])
                    .into_iter()
                    .map(|part| self.one(part.trim(), is_arithmetic))
                    .collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            })
            .collect();
        if parts.contains(&Some(true)) {
            Some(true)
        } else if parts.contains(&None) {
            None
        } else {
            Some(false)
        }
    }

    fn one(&self, text: &str, is_arithmetic: bool) -> Option<bool> {
        if let Some(inner) = text.strip_prefix('!').filter(|it| !it.starts_with('=')) {
            return self.one(inner.trim(), is_arithmetic).map(|it| !it);
        }
        if let Some(word) = text.strip_prefix("-z ") {
            return self.side(word, false).map(|it| it.is_empty());
        }
        if let Some(word) = text.strip_prefix("-n ") {
            return self.side(word, false).map(|it| !it.is_empty());
        }
        let operator = OPERATORS.iter().find_map(|operator| {
            let (left, right) = text.split_once(operator)?;
            let is_apart = is_arithmetic || (left.ends_with(' ') && right.starts_with(' '));
            is_apart.then_some((*operator, left.trim(), right.trim()))
        });
        let Some((operator, left, right)) = operator else {
            return match is_arithmetic {
                true => self.side(text, true).map(|it| it != "0"),
                false => None,
            };
        };
        let (left, right) = (self.side(left, is_arithmetic)?, self.side(right, is_arithmetic)?);
        let numbers = || left.parse::<i64>().ok().zip(right.parse::<i64>().ok());
        match operator {
            "==" | "=" => Some(left == right),
            "!=" => Some(left != right),
            "-eq" => numbers().map(|(a, b)| a == b),
            "-ne" => numbers().map(|(a, b)| a != b),
            "-gt" | ">" => numbers().map(|(a, b)| a > b),
            "-ge" | ">=" => numbers().map(|(a, b)| a >= b),
            "-lt" => numbers().map(|(a, b)| a < b),
            _ => numbers().map(|(a, b)| a <= b),
        }
    }

    /// A side of a comparison.
    fn side(&self, text: &str, is_arithmetic: bool) -> Option<String> {
        let text = text.trim();
        let inner = text.trim_matches('"');
        if text.starts_with('\'') {
            return Some(text.trim_matches('\'').to_owned());
        }
        if inner.starts_with('$') {
            // An `x` before both sides is an old habit.
            return self.expanded(inner).map(|it| it.text);
        }
        if let Some(rest) = inner.strip_prefix('x').filter(|it| it.starts_with('$')) {
            return self.expanded(rest).map(|it| format!("x{}", it.text));
        }
        if inner.contains(['$', '`', '*', crate::lint::text::STAND_IN]) {
            return None;
        }
        if is_arithmetic && inner.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return self.variable(inner).map(|it| it.text);
        }
        Some(inner.to_owned())
    }
}

fn split<'t>(text: &'t str, separators: &[&str]) -> Vec<&'t str> {
    let mut parts = vec![text];
    for separator in separators {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    parts
}
