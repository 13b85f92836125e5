//! The services beside CloudFormation that a deployment calls: just enough of STS, of Systems Manager's parameters and of
//! S3. Whom a request is for is told by the name that it is signed under; every signature is verified.

mod s3;
mod ssm;
mod sts;

use hyper::StatusCode;
use serde_json::json;

use super::parameters::Parameters;
use super::{Received, Reply, Services, handles, plain};
use crate::auth::{CLOUDFORMATION, S3, signing_name};
use crate::ids;

/// What there is, for whoever asks for something else.
const THERE_IS: &str = "a rehearsal has CloudFormation, and of STS GetCallerIdentity and AssumeRole, of SSM GetParameter and \
                        GetParameters, of S3 buckets and their objects";

/// The answer to a request that is signed for another service than CloudFormation.
pub(super) fn answer(services: &Services, request: &Received) -> Option<Reply> {
    let name = signing_name(request.header("authorization")?)?;
    match name {
        // Where the wrong service is named for one of CloudFormation's requests, that is what is wrong with it.
        CLOUDFORMATION => None,
        S3 => Some(s3::answer(services, request)),
        _ if request.path == "/" && Parameters::of(request).get("Version") == Some("2010-05-15") => None,
        "sts" => Some(sts::answer(services, request)),
        "ssm" => Some(ssm::answer(services, request)),
        other => Some(refused(services, request, other)),
    }
}

/// Any other service's.
fn refused(services: &Services, request: &Received, service: &str) -> Reply {
    if let Err(error) = request.caller(services, service) {
        return failure(request, error.status(), error.code(), &error.to_string());
    }
    let what = request.header("x-amz-target").map(str::to_owned);
    let what = what.or_else(|| Parameters::of(request).get("Action").map(str::to_owned));
    let message =
        format!("{}: not rehearsed ({service}): {THERE_IS}", what.unwrap_or_else(|| request.path.clone()));
    failure(request, 400, "UnsupportedOperation", &message)
}

/// An error in the protocol that was spoken: JSON, or the XML of a Query API.
fn failure(request: &Received, status: u16, code: &str, message: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let is_json = request.header("x-amz-target").is_some()
        || request.header("content-type").is_some_and(|it| it.contains("json"));
    if is_json {
        let body = json!({ "__type": code, "message": message }).to_string();
        return plain(status, "application/x-amz-json-1.1", body);
    }
    let (code, message) = (escaped(code), escaped(message));
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>",
        ids::uuid()
    );
    plain(status, "text/xml", body)
}

/// Text in XML.
fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// An error of S3's.
fn s3_failure(status: u16, code: &str, message: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    handles::refusal(status, code, &escaped(message))
}
