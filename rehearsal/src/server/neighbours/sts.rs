//! The Security Token Service.
//!
//! Sources: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::time::Duration;

use cfn_signal_core::endpoint::Partition;
use hyper::StatusCode;

use super::super::parameters::Parameters;
use super::super::{Received, Reply, Services, plain};
use super::protocol::Protocol;
use super::{THERE_IS, escaped};
use crate::auth::{Caller, Principal};
use crate::ids;
use crate::moment::Moment;

/// Seconds that a session of a role may last at least and at most, and how long it lasts where nobody says: as long as a
/// deployment may wait for its signals.
const SHORTEST: u64 = 900;
const LONGEST: u64 = 43_200;
const LASTS: Duration = Duration::from_secs(6 * 3600);

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let principal = match request.caller(services, "sts") {
        Ok(Caller::AccessKey { principal }) => principal,
        Ok(Caller::Instance { .. }) => {
            return Protocol::Query.failure(403, "AccessDenied", "An instance has no keys here");
        }
        Err(error) => return Protocol::Query.auth_failure(&error),
    };
    let parameters = Parameters::of(request);
    match parameters.get("Action").unwrap_or_default() {
        "GetCallerIdentity" => identity(services, &principal),
        "AssumeRole" => assume(services, &parameters),
        other => {
            Protocol::Query.failure(400, "InvalidAction", &format!("{other}: not rehearsed: {THERE_IS}"))
        }
    }
}

fn identity(services: &Services, principal: &Principal) -> Reply {
    let account_id = &services.account.account_id;
    let arn = principal.arn(Partition::of(&services.account.region).name(), account_id);
    let user = match principal {
        Principal::User { .. } => "AIDAREHEARSAL".to_owned(),
        Principal::Session { name, .. } => format!("AROAREHEARSAL:{}", escaped(name)),
    };
    let arn = escaped(&arn);
    success(
        "GetCallerIdentity",
        &format!("<Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account_id}</Account>"),
    )
}

/// Any role of the account's may be assumed.
fn assume(services: &Services, parameters: &Parameters) -> Reply {
    let account_id = &services.account.account_id;
    let arn = parameters.get("RoleArn").unwrap_or_default();
    let session = parameters.get("RoleSessionName").unwrap_or_default();
    let is_good = |it: char| it.is_ascii_alphanumeric() || "_+=,.@-".contains(it);
    if !(2..=64).contains(&session.len()) || !session.chars().all(is_good) {
        let message = "RoleSessionName has 2 to 64 letters, digits or _+=,.@-";
        return Protocol::Query.failure(400, "ValidationError", message);
    }
    let lasts = match lasts(parameters.get("DurationSeconds")) {
        Ok(lasts) => lasts,
        Err(message) => return Protocol::Query.failure(400, "ValidationError", &message),
    };
    let role = arn
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(&format!(":iam::{account_id}:role/")))
        .and_then(|(_, path)| path.rsplit('/').next())
        .filter(|role| !role.is_empty());
    let Some(role) = role else {
        let message = format!(
            "{arn} is no role of the rehearsal's account, {account_id}, so it cannot be assumed (--account)"
        );
        return Protocol::Query.failure(403, "AccessDenied", &message);
    };
    let Ok(key) = services.account.assume(role, session, lasts) else {
        return Protocol::Query.failure(500, "InternalFailure", "There is no randomness for keys");
    };
    let expires = Moment::from_millis(key.expires_at.unwrap_or_default().saturating_mul(1000)).iso_8601();
    let token = key.session_token.as_ref().map_or("", |it| it.expose());
    let partition = Partition::of(&services.account.region).name();
    let (id, secret) = (&key.id, key.secret.expose());
    let (role, session) = (escaped(role), escaped(session));
    success(
        "AssumeRole",
        &format!(
            "<Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
             <SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials><AssumedRoleUser>\
             <AssumedRoleId>AROAREHEARSAL:{session}</AssumedRoleId>\
             <Arn>arn:{partition}:sts::{account_id}:assumed-role/{role}/{session}</Arn></AssumedRoleUser>"
        ),
    )
}

/// How long a session lasts.
///
/// # Errors
///
/// Why it cannot last so long, in the service's words.
fn lasts(seconds: Option<&str>) -> Result<Duration, String> {
    let Some(given) = seconds else { return Ok(LASTS) };
    let bound = match given.parse::<u64>() {
        Ok(seconds @ SHORTEST..=LONGEST) => return Ok(Duration::from_secs(seconds)),
        Ok(seconds) if seconds > LONGEST => format!("less than or equal to {LONGEST}"),
        _ => format!("greater than or equal to {SHORTEST}"),
    };
    Err(format!(
        "1 validation error detected: Value '{given}' at 'durationSeconds' failed to satisfy constraint: Member must have value \
         {bound}"
    ))
}

fn success(action: &str, result: &str) -> Reply {
    let body = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        ids::uuid()
    );
    plain(StatusCode::OK, "text/xml", body)
}
