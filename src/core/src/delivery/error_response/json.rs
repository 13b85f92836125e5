//! `{"Error": {"Code": …, "Message": …, "Type": …}, "RequestId": …}`.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;

use serde_bytes::ByteBuf;
use serde_json::value::RawValue;

use super::{ErrorResponse, Fault};

/// An object whose values are read when they are asked for: what does not matter may be anything.
type Object<'a> = BTreeMap<String, &'a RawValue>;

pub(super) fn parse(text: &str) -> Option<ErrorResponse> {
    let document: Object<'_> = serde_json::from_str(text).ok()?;
    let error: Object<'_> = serde_json::from_str(document.get("Error")?.get()).ok()?;
    Some(ErrorResponse {
        code: string(&error, "Code").unwrap_or_default(),
        message: string(&error, "Message").unwrap_or_default(),
        fault: string(&error, "Type").and_then(|name| Fault::named(&name)),
        request_id: string(&document, "RequestId").filter(|id| !id.is_empty()),
    })
}

/// The string called `name`. Read as bytes, which half a surrogate pair does not spoil: a server that cuts messages may
/// leave one.
fn string(object: &Object<'_>, name: &str) -> Option<String> {
    let bytes: ByteBuf = serde_json::from_str(object.get(name)?.get()).ok()?;
    // Half a pair is three bytes, each of which would be replaced.
    let text = String::from_utf8_lossy(&bytes).replace("\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}");
    Some(text.trim().to_owned())
}
