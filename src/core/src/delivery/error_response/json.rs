//! `{"Error": {"Code": …, "Message": …, "Type": …}, "RequestId": …}`.
//!
//! Token by token: a reader that could tell what a value is not, numbers among it, is a fifth of the component.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use hifijson::escape::{self, Lex as _};
use hifijson::num::Lex as _;
use hifijson::str::{self, Lex as _, LexWrite as _};
use hifijson::token::Lex as _;
use hifijson::{Error, Expect, Read as _, SliceLexer};

use super::{ErrorResponse, Fault};

/// An object whose values are read when they are asked for: what does not matter may be anything.
type Object<'a> = BTreeMap<String, &'a [u8]>;

pub(super) fn parse(text: &str) -> Option<ErrorResponse> {
    let document = object(text.as_bytes())?;
    let error = object(document.get("Error")?)?;
    Some(ErrorResponse {
        code: string(&error, "Code").unwrap_or_default(),
        message: string(&error, "Message").unwrap_or_default(),
        fault: string(&error, "Type").and_then(|name| Fault::named(&name)),
        request_id: string(&document, "RequestId").filter(|id| !id.is_empty()),
    })
}

/// The members of the object that `text` is, whole and nothing after it; of a name that comes twice the last one.
fn object(text: &[u8]) -> Option<Object<'_>> {
    let mut members = Object::new();
    let read = SliceLexer::new(text).exactly_one(SliceLexer::ws_peek, |next, lexer| {
        lexer.expect(|_| Some(next), b'{').ok_or(Expect::Value)?;
        lexer.seq(b'}', SliceLexer::ws_peek, |next, lexer| {
            let name = name(next, lexer)?;
            let (next, from) = (lexer.ws_peek().ok_or(Expect::Value)?, lexer.as_slice());
            skip(next, lexer)?;
            let length = from.len() - lexer.as_slice().len();
            members.insert(name, from.get(..length).unwrap_or_default());
            Ok::<_, Error>(())
        })
    });
    read.is_ok().then_some(members)
}

/// The string called `name`.
fn string(object: &Object<'_>, name: &str) -> Option<String> {
    let mut lexer = SliceLexer::new(object.get(name)?);
    lexer.expect(SliceLexer::peek_next, b'"')?;
    Some(text(&mut lexer).ok()?.trim().to_owned())
}

/// A member's name, and the colon after it.
fn name(next: u8, lexer: &mut SliceLexer<'_>) -> Result<String, Error> {
    lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
    let name = text(lexer)?;
    lexer.expect(SliceLexer::ws_peek, b':').ok_or(Expect::Colon)?;
    Ok(name)
}

/// What is left of a string. Read in UTF-16, which half a surrogate pair does not spoil: a server that cuts messages may leave
/// one.
fn text(lexer: &mut SliceLexer<'_>) -> Result<String, str::Error> {
    let units = lexer.str_fold(
        Vec::new(),
        |plain, units: &mut Vec<u16>| {
            units.extend(core::str::from_utf8(plain).map_err(str::Error::Utf8)?.encode_utf16());
            Ok::<_, str::Error>(())
        },
        |lexer, units| {
            let kind = lexer.take_next().ok_or(escape::Error::Eof)?;
            if kind == b'u' {
                units.push(lexer.hex()?);
            } else {
                units.extend_from_slice(lexer.escape(kind)?.encode_utf16(&mut [0]));
            }
            Ok(())
        },
    )?;
    Ok(String::from_utf16_lossy(&units))
}

/// Reads a value that begins with `next`, in a loop: however deep it is, it does not exhaust the stack.
fn skip(mut next: u8, lexer: &mut SliceLexer<'_>) -> Result<(), Error> {
    // What closes the lists and objects that are open.
    let mut open = Vec::new();
    loop {
        match next {
            b'a'..=b'z' => lexer.null_or_bool().map(|_| ()).ok_or(Expect::Value)?,
            b'0'..=b'9' | b'-' => lexer.num_ignore().validate().map(|_| ())?,
            b'"' => lexer.discarded().str_ignore()?,
            b'[' | b'{' => {
                let close = if next == b'[' { b']' } else { b'}' };
                let first = lexer.discarded().ws_peek().ok_or(Expect::ValueOrEnd)?;
                open.push(close);
                if first != close {
                    next = item(first, lexer, close)?;
                    continue;
                }
            }
            _ => return Err(Expect::Value.into()),
        }
        loop {
            let Some(close) = open.last().copied() else { return Ok(()) };
            let after = lexer.ws_peek().ok_or(Expect::CommaOrEnd)?;
            lexer.take_next();
            if after == close {
                open.pop();
            } else if after == b',' {
                let first = lexer.ws_peek().ok_or(Expect::Value)?;
                next = item(first, lexer, close)?;
                break;
            } else {
                return Err(Expect::CommaOrEnd.into());
            }
        }
    }
}

/// What the value begins with of an item that begins with `first`: of an object's, after its name.
fn item(first: u8, lexer: &mut SliceLexer<'_>, close: u8) -> Result<u8, Error> {
    if close == b']' {
        return Ok(first);
    }
    name(first, lexer)?;
    Ok(lexer.ws_peek().ok_or(Expect::Value)?)
}
