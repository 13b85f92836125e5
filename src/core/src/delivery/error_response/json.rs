//! `{"Error": {"Code": …, "Message": …, "Type": …}, "RequestId": …}`.
//!
//! A reader of its own: four strings are wanted, and a JSON library is a quarter of the component's size.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::str::Chars;

use super::{ErrorResponse, Fault};

/// Deeper documents are none of AWS's.
const DEEPEST: u32 = 16;

pub(super) fn parse(text: &str) -> Option<ErrorResponse> {
    let mut json = Json { rest: text.chars(), error: ErrorResponse::default() };
    json.value(0, "", "")?;
    json.peek().is_none().then_some(json.error)
}

/// Reads a document (RFC 8259) from its beginning; `None` where it is not one.
struct Json<'a> {
    rest: Chars<'a>,
    error: ErrorResponse,
}

impl Json<'_> {
    /// Reads the value called `name` in the object called `parent`, which is in `depth` others. One function for all
    /// kinds: the values that do not matter are read as those that do.
    fn value(&mut self, depth: u32, parent: &str, name: &str) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let mut text = String::new();
        match self.peek()? {
            '"' => text = self.string()?,
            '{' => self.elements(depth, name, '}')?,
            '[' => self.elements(depth, "", ']')?,
            _ => self.scalar()?,
        }
        let error = &mut self.error;
        let text = text.trim();
        match (depth, parent, name) {
            (2, "Error", "Code") => error.code = text.to_owned(),
            (2, "Error", "Message") => error.message = text.to_owned(),
            (2, "Error", "Type") => error.fault = Fault::named(text),
            (1, _, "RequestId") => error.request_id = Some(text.to_owned()).filter(|id| !id.is_empty()),
            _ => {}
        }
        Some(())
    }

    /// The members of the object called `name`, or an array's elements, to their end.
    fn elements(&mut self, depth: u32, name: &str, end: char) -> Option<()> {
        self.rest.next();
        if self.peek()? == end {
            return self.expect(end);
        }
        loop {
            let mut member = String::new();
            if end == '}' {
                member = self.string()?;
                self.expect(':')?;
            }
            self.value(depth + 1, name, &member)?;
            if self.peek()? == end {
                return self.expect(end);
            }
            self.expect(',')?;
        }
    }

    /// A number, `true`, `false` or `null`; what exactly does not matter.
    fn scalar(&mut self) -> Option<()> {
        let mut length = 0;
        while self
            .rest
            .clone()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        {
            self.rest.next();
            length += 1;
        }
        (length > 0).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                character => text.push(character),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = unit(&mut self.rest)?;
                let mut ahead = self.rest.clone();
                let low = match (ahead.next(), ahead.next()) {
                    (Some('\\'), Some('u')) if (0xd800..0xdc00).contains(&unit) => self::unit(&mut ahead),
                    _ => None,
                };
                match low {
                    Some(low) if (0xdc00..0xe000).contains(&low) => {
                        self.rest = ahead;
                        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                    }
                    _ => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            character @ ('"' | '\\' | '/') => character,
            _ => return None,
        })
    }

    fn expect(&mut self, character: char) -> Option<()> {
        self.peek().filter(|found| *found == character)?;
        self.rest.next();
        Some(())
    }

    /// The next character that is not whitespace, which is consumed.
    fn peek(&mut self) -> Option<char> {
        loop {
            match self.rest.clone().next()? {
                ' ' | '\t' | '\r' | '\n' => self.rest.next(),
                character => return Some(character),
            };
        }
    }
}

/// Four hexadecimal digits.
fn unit(rest: &mut Chars<'_>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | rest.next()?.to_digit(16)?;
    }
    Some(unit)
}
