//! `{"Error": {"Code": …, "Message": …, "Type": …}, "RequestId": …}`.
//!
//! A reader of its own: four strings are wanted, and a JSON library is a quarter of the component's size.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::str::Chars;

use super::{ErrorResponse, Fault};
use crate::text::trim;

/// Deeper documents are none of AWS's.
const DEEPEST: u32 = 16;

pub(super) fn parse(text: &str) -> Option<ErrorResponse> {
    let mut error = ErrorResponse::default();
    let mut json = Json { rest: text.chars() };
    json.members(0, &mut |json, name| match name {
        "Error" if json.next_is('{') => json.members(1, &mut |json, name| {
            match name {
                "Code" => error.code = json.text()?,
                "Message" => error.message = json.text()?,
                "Type" => error.fault = Fault::named(&json.text()?),
                _ => json.skip(2)?,
            }
            Some(())
        }),
        "RequestId" => {
            error.request_id = Some(json.text()?).filter(|id| !id.is_empty());
            Some(())
        }
        _ => json.skip(1),
    })?;
    json.is_at_end().then_some(error)
}

/// Reads a document (RFC 8259) from its beginning; `None` where it is not one.
struct Json<'a> {
    rest: Chars<'a>,
}

/// Called for each member of an object, with its name; has to consume its value.
type Visit<'a, 'f> = dyn FnMut(&mut Json<'a>, &str) -> Option<()> + 'f;

impl<'a> Json<'a> {
    fn members(&mut self, depth: u32, visit: &mut Visit<'a, '_>) -> Option<()> {
        self.expect('{')?;
        if self.next_is('}') {
            return self.expect('}');
        }
        loop {
            let name = self.string()?;
            self.expect(':')?;
            if depth > DEEPEST {
                return None;
            }
            visit(self, &name)?;
            if !self.next_is(',') {
                return self.expect('}');
            }
            self.expect(',')?;
        }
    }

    /// A string's content without the whitespace around it; empty for any other value.
    fn text(&mut self) -> Option<String> {
        if self.next_is('"') {
            Some(trim(&self.string()?).to_owned())
        } else {
            self.skip(2)?;
            Some(String::new())
        }
    }

    fn skip(&mut self, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            '"' => self.string().map(|_| ()),
            '{' => self.members(depth, &mut |json, _| json.skip(depth + 1)),
            '[' => self.elements(depth),
            _ => self.scalar(),
        }
    }

    fn elements(&mut self, depth: u32) -> Option<()> {
        self.expect('[')?;
        if self.next_is(']') {
            return self.expect(']');
        }
        loop {
            self.skip(depth + 1)?;
            if !self.next_is(',') {
                return self.expect(']');
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
                let unit = self.unit()?;
                let mut ahead = Json { rest: self.rest.clone() };
                let low = match (ahead.rest.next(), ahead.rest.next()) {
                    (Some('\\'), Some('u')) if (0xd800..0xdc00).contains(&unit) => ahead.unit(),
                    _ => None,
                };
                match low {
                    Some(low) if (0xdc00..0xe000).contains(&low) => {
                        self.rest = ahead.rest;
                        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                    }
                    _ => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            character @ ('"' | '\\' | '/') => character,
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | self.rest.next()?.to_digit(16)?;
        }
        Some(unit)
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    fn next_is(&mut self, character: char) -> bool {
        self.peek() == Some(character)
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
