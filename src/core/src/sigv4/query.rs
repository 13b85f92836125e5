//! The query in its canonical form, and a presigned URL's.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::SignError;
use crate::uri::{Parts, encode_parameter_once, is_unreserved, percent_encode, push_percent_encoded};

/// The parameters of a presigned URL.
pub(super) mod param {
    pub(in crate::sigv4) const ALGORITHM: &str = "X-Amz-Algorithm";
    pub(in crate::sigv4) const CREDENTIAL: &str = "X-Amz-Credential";
    pub(in crate::sigv4) const DATE: &str = "X-Amz-Date";
    pub(in crate::sigv4) const EXPIRES: &str = "X-Amz-Expires";
    pub(in crate::sigv4) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
    pub(in crate::sigv4) const SIGNATURE: &str = "X-Amz-Signature";
    pub(in crate::sigv4) const SIGNED_HEADERS: &str = "X-Amz-SignedHeaders";

    /// All of them in lower case.
    pub(super) const ALL: [&str; 7] = [
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    ];
}

/// A name or a value, encoded, and what ended it.
#[derive(Default)]
struct Encoded<'a> {
    text: Cow<'a, str>,
    end: Option<u8>,
}

impl<'a> Encoded<'a> {
    /// The beginning of `rest`, of which it is taken. Most need no encoding, and are looked at once.
    fn until(rest: &mut &'a str, ends: impl Fn(u8) -> bool) -> Self {
        let bytes = rest.as_bytes();
        let end = bytes.iter().position(|byte| ends(*byte) || !is_unreserved(*byte)).unwrap_or(bytes.len());
        let is_plain = bytes.get(end).is_none_or(|byte| ends(*byte));
        let end =
            if is_plain { end } else { bytes.iter().position(|byte| ends(*byte)).unwrap_or(bytes.len()) };
        let (text, after) = rest.split_at_checked(end).unwrap_or_default();
        *rest = after.get(1..).unwrap_or_default();
        Self {
            text: if is_plain { Cow::Borrowed(text) } else { encode_parameter_once(text) },
            end: after.bytes().next(),
        }
    }
}

/// Encoded names and values, sorted by name and then by value.
pub(super) struct CanonicalQuery<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> CanonicalQuery<'a> {
    /// Encodes what is left unencoded in `query`. A name without `=` has an empty value.
    pub(super) fn new(query: &'a str) -> Self {
        let mut canonical = Self(Vec::with_capacity(8));
        let mut rest = query;
        while !rest.is_empty() {
            let name = Encoded::until(&mut rest, |byte| matches!(byte, b'&' | b'='));
            let value = match name.end {
                Some(b'=') => Encoded::until(&mut rest, |byte| byte == b'&'),
                _ => Encoded::default(),
            };
            // Not what stands between two `&`.
            if name.end == Some(b'=') || !name.text.is_empty() {
                canonical.add(name.text, value.text);
            }
        }
        canonical
    }

    /// Adds a parameter that is not encoded yet.
    pub(super) fn insert(&mut self, name: &'static str, value: &str) {
        self.add(Cow::Borrowed(name), Cow::Owned(percent_encode(value)));
    }

    /// Removes every parameter called `name`.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(candidate, _)| candidate != name);
    }

    /// Refuses a query that is signed already.
    pub(super) fn refuse_signature(&self) -> Result<(), SignError> {
        let is_signature = |(name, _): &&(Cow<'_, str>, _)| {
            matches!(name.as_bytes(), [b'X' | b'x', ..])
                && param::ALL.contains(&name.to_ascii_lowercase().as_str())
        };
        match self.0.iter().find(is_signature) {
            Some((name, _)) => Err(SignError::AlreadySigned(name.clone().into_owned())),
            None => Ok(()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
    }

    pub(super) fn write_to(&self, out: &mut String) {
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
            out.push_str(value);
        }
    }

    fn add(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) {
        let pair = (name, value);
        let place = self.0.partition_point(|before| *before <= pair);
        self.0.insert(place, pair);
    }
}

/// Appends `name=value` to a query under construction.
pub(super) fn push_param(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    push_percent_encoded(query, value);
}

/// `uri`, whose parts are `parts`, with `params` at the end of its query.
pub(super) fn append(uri: &str, parts: &Parts<'_>, params: &str) -> String {
    let before_fragment = uri.split_once('#').map_or(uri, |(before, _)| before);
    let mark = match parts.query {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    let (hash, fragment) = parts.fragment.map_or(("", ""), |fragment| ("#", fragment));
    [before_fragment, mark, params, hash, fragment].concat()
}
