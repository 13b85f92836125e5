//! Several rules in one text: a file's, or what is put to the control endpoint.

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::error::RuleError;
use super::overlap::{Overlap, overlap};
use super::rule::Rule;

/// Bytes of a text that are read.
const MAX_BYTES: usize = 256 << 10;
/// Rules of a text that are read.
const MAX_RULES: usize = 1000;

/// The rules of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What chance begins with, where the text says so.
    pub seed: Option<u64>,
    /// Where each rule stands, and the rule.
    pub rules: Vec<(Place, Rule)>,
}

/// A place in a text, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Why a text cannot be read. Displays as `LINE:COLUMN`; what is wrong there is its source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}", place.line, place.column)]
pub struct DocumentError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    #[source]
    pub problem: DocumentProblem,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// More than anybody writes.
    #[error("more than {MAX_BYTES} bytes or {MAX_RULES} rules")]
    TooLong,
    /// Neither YAML nor JSON.
    #[error("not readable as YAML or JSON: {0}")]
    Syntax(String),
    /// A list of rules is something else.
    #[error("{0}")]
    Shape(&'static str),
    /// A rule.
    #[error(transparent)]
    Rule(RuleError),
    /// Two rules.
    #[error(transparent)]
    Overlap(Overlap),
}

/// Reads a JSON or YAML list of rules, an object of one (`faults`) and perhaps a `seed`, or lines with a rule each.
///
/// Lines may be empty, and may be comments that begin with `#`.
///
/// # Errors
///
/// [`DocumentError`] with its place.
pub fn read(text: &str) -> Result<Document, DocumentError> {
    let start = Place { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        return Err(DocumentError { place: start, problem: DocumentProblem::TooLong });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = if is_structured(text) {
        Reader { parser: Parser::new_from_str(text), last: start }.document()?
    } else {
        read_lines(text)?
    };
    if let Some((place, _)) = document.rules.get(MAX_RULES) {
        return Err(DocumentError { place: *place, problem: DocumentProblem::TooLong });
    }
    let rules: Vec<_> = document.rules.iter().map(|(_, rule)| rule.clone()).collect();
    if let Some(overlap) = overlap(&rules) {
        let place = document.rules.get(overlap.index).map_or(start, |(place, _)| *place);
        return Err(DocumentError { place, problem: DocumentProblem::Overlap(overlap) });
    }
    Ok(document)
}

fn is_structured(text: &str) -> bool {
    let first = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| {
        line.starts_with(['[', '{', '"', '-', '%'])
            || line.starts_with("faults:")
            || line.starts_with("seed:")
    })
}

fn read_lines(text: &str) -> Result<Document, DocumentError> {
    let mut document = Document::default();
    for (number, line) in text.lines().enumerate() {
        let rule = line.trim();
        if rule.is_empty() || rule.starts_with('#') {
            continue;
        }
        let indent = line.chars().take_while(|it| it.is_whitespace()).count();
        let place = Place { line: number + 1, column: indent + 1 };
        document.rules.push((place, read_rule(rule, place)?));
    }
    Ok(document)
}

fn read_rule(text: &str, place: Place) -> Result<Rule, DocumentError> {
    text.parse().map_err(|error: RuleError| DocumentError {
        place: Place { column: place.column + error.at, ..place },
        problem: DocumentProblem::Rule(error),
    })
}

const A_LIST: &str =
    "a list of rules is wanted here, or an object of faults (a list of rules) and seed (a number)";
const A_RULE: &str = "a rule is a text such as SignalResource:throttling,first=3: write it without a space after the \
                      colon, or in quotes";
const A_SEED: &str = "seed is a whole number, from 0 to 18446744073709551615";
const NO_REFERENCE: &str = "a rule that begins with * has to be in quotes here, or without its *:";

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    last: Place,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Document, DocumentError> {
        let mut document = Document::default();
        let mut begun = false;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(document),
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::SequenceStart(..) if !begun => {
                    begun = true;
                    document.rules = self.rules()?;
                }
                Event::MappingStart(..) if !begun => {
                    begun = true;
                    self.fields(&mut document)?;
                }
                _ => return Err(shape(place, A_LIST)),
            }
        }
    }

    /// What comes after the beginning of a list.
    fn rules(&mut self) -> Result<Vec<(Place, Rule)>, DocumentError> {
        let mut rules = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(rules),
                (Event::Scalar(text, style, ..), place) => {
                    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                    let inside = Place { column: place.column + usize::from(quoted), ..place };
                    rules.push((place, read_rule(&text, inside)?));
                }
                (Event::Alias(_), place) => return Err(shape(place, NO_REFERENCE)),
                (_, place) => return Err(shape(place, A_RULE)),
            }
        }
    }

    /// What comes after the beginning of an object.
    fn fields(&mut self, document: &mut Document) -> Result<(), DocumentError> {
        let mut listed = false;
        loop {
            let name = match self.next()? {
                (Event::MappingEnd, place) if !listed => return Err(shape(place, A_LIST)),
                (Event::MappingEnd, _) => return Ok(()),
                (Event::Scalar(name, ..), place) => (name, place),
                (_, place) => return Err(shape(place, A_LIST)),
            };
            match (name.0.as_ref(), self.next()?) {
                ("faults", (Event::SequenceStart(..), _)) if !listed => {
                    listed = true;
                    document.rules = self.rules()?;
                }
                ("seed", (Event::Scalar(text, ..), place)) if document.seed.is_none() => {
                    document.seed = Some(text.parse().map_err(|_| shape(place, A_SEED))?);
                }
                ("seed", (_, place)) if document.seed.is_none() => return Err(shape(place, A_SEED)),
                _ => return Err(shape(name.1, A_LIST)),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Place), DocumentError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.last = place(span);
                Ok((event, self.last))
            }
            Some(Err(error)) => {
                let at = Place { line: error.marker().line(), column: error.marker().col() + 1 };
                let info = error.info();
                if info.contains("alias") || info.contains("anchor") {
                    return Err(shape(at, NO_REFERENCE));
                }
                Err(DocumentError { place: at, problem: DocumentProblem::Syntax(info.to_owned()) })
            }
            None => Err(shape(self.last, A_LIST)),
        }
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

fn shape(place: Place, what: &'static str) -> DocumentError {
    DocumentError { place, problem: DocumentProblem::Shape(what) }
}

#[cfg(test)]
mod tests;
