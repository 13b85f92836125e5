//! The bucket behind the wait condition handles, as S3 answers.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use hyper::StatusCode;
use hyper::header::HeaderValue;

use super::{Received, Reply, plain};
use crate::account::{Account, HandleError, Put, document};
use crate::ids;

/// Takes a document for a stack of `account`, if it is put as S3 takes it.
pub(super) fn answer(account: &Account, request: &Received) -> Reply {
    let put = Put {
        method: &request.method,
        path: &request.path,
        query: request.query.as_deref().unwrap_or_default(),
        content_type: request.header("content-type").unwrap_or_default(),
    };
    if let Err(error) = account.handles.check(&put, request.now()) {
        return refusal(StatusCode::FORBIDDEN, code(error), &error.to_string());
    }
    // S3 wants to know the length beforehand.
    if request.header("transfer-encoding").is_some() {
        let message = "A header you provided implies functionality that is not implemented";
        return refusal(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message);
    }
    // What is signed is a handle of ours; its stack may be forgotten by now, and S3 would not know.
    if let Some((stack_id, handle)) = account.handles.owner(&request.path)
        && let Some(stack) = account.find(&stack_id)
    {
        stack.engine.document(&handle, document(&request.body));
    }
    with_ids(plain(StatusCode::OK, "application/xml", ""))
}

const fn code(error: HandleError) -> &'static str {
    match error {
        HandleError::Unsigned | HandleError::NoDate | HandleError::Expired => "AccessDenied",
        HandleError::UnknownKey => "InvalidAccessKeyId",
        HandleError::Mismatch => "SignatureDoesNotMatch",
    }
}

/// An error as S3 writes it.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Reply {
    refusal_about(status, code, message, "")
}

/// The same, with elements that say what it is about.
pub(super) fn refusal_about(status: StatusCode, code: &str, message: &str, about: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{about}\
         <RequestId>{}</RequestId></Error>",
        ids::suffix()
    );
    with_ids(plain(status, "application/xml", body))
}

/// With what Amazon S3 tells every request.
pub(super) fn with_ids(mut reply: Reply) -> Reply {
    let headers = reply.headers_mut();
    headers.insert("server", HeaderValue::from_static("AmazonS3"));
    if let Ok(value) = HeaderValue::from_str(&ids::suffix()) {
        headers.insert("x-amz-request-id", value);
    }
    reply
}
