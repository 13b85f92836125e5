//! `<ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>`, and S3's `<Error>` as the root.

use alloc::borrow::ToOwned;

use super::{ErrorResponse, Fault};
use crate::xml;

/// What was read before the document broke off, if it did, counts; of each element the first.
pub(super) fn parse(text: &str) -> ErrorResponse {
    let mut error = ErrorResponse::default();
    xml::elements(text, |parent, name, text| {
        let text = text.trim().to_owned();
        match name {
            "Code" if parent == "Error" && error.code.is_empty() => error.code = text,
            "Message" if parent == "Error" && error.message.is_empty() => error.message = text,
            "Type" if parent == "Error" && error.fault.is_none() => error.fault = Fault::named(&text),
            "RequestId" | "RequestID" if error.request_id.is_none() && !text.is_empty() => {
                error.request_id = Some(text);
            }
            _ => {}
        }
    });
    error
}
