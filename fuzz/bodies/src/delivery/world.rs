//! What a delivery meets.

use arbitrary::Arbitrary;
use cfn_signal_core::delivery::{Policy, ResourceTarget, Target, TransportError};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};

use crate::checks::{SECRET, TOKEN};

const HANDLE: &str = "https://bucket.s3.example/arn%3Aaws/h?";
const QUERY: &str = "Expires=1700000000&AWSAccessKeyId=AKIAX123&Signature=ab%2Bcd%2Fef%3D";
const NEW_YEAR: u64 = 1_767_225_600_000;

#[derive(Arbitrary, Debug)]
pub(super) struct World {
    pub(super) failure: bool,
    pub(super) reason: Option<String>,
    pub(super) data: Option<String>,
    to_handle: bool,
    pub(super) seed: u64,
    /// Small numbers are what people choose; large ones are for the arithmetic.
    policy: [u16; 7],
    larger: u8,
    #[arbitrary(with = clock)]
    pub(super) now: u64,
    pub(super) drift: i16,
    pub(super) identities: Vec<Found>,
    pub(super) replies: Vec<Reply>,
}

#[derive(Arbitrary, Debug)]
pub(super) enum Found {
    This(Key),
    Nothing(String),
    NothingYet(String),
}

#[derive(Arbitrary, Clone, Debug)]
pub(super) enum Key {
    Instance,
    Lasting,
    Expiring(i16),
    Odd { id: String, token: String },
}

#[derive(Arbitrary, Debug)]
pub(super) enum Reply {
    Answer(u16, Answer),
    Failed(u16, Failure),
}

#[derive(Arbitrary, Debug)]
pub(super) struct Answer {
    status: Code,
    headers: Vec<Header>,
    body: Body,
}

#[derive(Arbitrary, Debug)]
enum Code {
    Ok,
    Moved,
    BadRequest,
    Forbidden,
    NotFound,
    TooMany,
    Internal,
    Unavailable,
    Any(u16),
}

#[derive(Arbitrary, Debug)]
enum Header {
    RequestId,
    Date(u16),
    RetryAfter(i32),
    Location(String),
    Away(u8),
    Age(u8),
    Any(String, String),
}

#[derive(Arbitrary, Debug)]
enum Body {
    Empty,
    Json(Word, Saying),
    Xml(Word, Saying),
    Bytes(Vec<u8>),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Word {
    Validation,
    Denied,
    Expired,
    Throttling,
    Skewed,
    Signature,
    UnknownKey,
    Internal,
    Odd,
}

#[derive(Arbitrary, Debug)]
enum Saying {
    Exists,
    NotMember,
    Complete,
    Echo,
    Any(String),
}

#[derive(Arbitrary, Debug)]
pub(super) enum Failure {
    Timeout,
    ConnectTimeout,
    Dns(String),
    Refused(String),
    Tls(String),
    Certificate(String),
    Proxy(String),
    Reset(String),
    Other(Option<String>),
    Echo,
}

fn clock(bytes: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<u64> {
    let about = i64::from(i32::arbitrary(bytes)?);
    Ok(if bool::arbitrary(bytes)? { u64::arbitrary(bytes)? } else { NEW_YEAR.wrapping_add_signed(about) })
}

pub(super) fn key() -> Identity {
    Key::Lasting.identity()
}

impl World {
    pub(super) fn target(&self) -> Target {
        if self.to_handle {
            Target::WaitHandle([HANDLE, QUERY].concat().into())
        } else {
            Target::Resource(ResourceTarget::new("my-stack", "Server", "us-west-2"))
        }
    }

    pub(super) fn policy(&self) -> Policy {
        let mut bit = 1_u8;
        let [deadline, spent, attempt, connect, base, max, attempts] = self.policy.map(|number| {
            let factor = if self.larger & bit == 0 { 1 } else { 65_537 };
            bit <<= 1;
            u32::from(number) * factor
        });
        Policy::default()
            .with_deadline(deadline)
            .with_spent(spent)
            .with_attempt_timeout(attempt)
            .with_connect_timeout(connect)
            .with_base_delay(base)
            .with_max_delay(max)
            .with_max_attempts(attempts)
    }

    /// What is secret before anything is signed.
    pub(super) fn secrets(&self) -> Vec<&'static str> {
        if self.to_handle { vec![QUERY, "ab%2Bcd%2Fef%3D"] } else { Vec::new() }
    }
}

impl Key {
    pub(super) fn identity(&self) -> Identity {
        let of = |id: &str, token: &str, expires_at| {
            let session_token = Some(token.to_owned().into());
            let secret = SECRET.to_owned().into();
            Identity::AccessKey(AccessKey { id: id.to_owned(), secret, session_token, expires_at })
        };
        match self {
            Self::Instance => Identity::Instance(InstanceDocument {
                document: "{\n  \"accountId\" : \"123456789012\"\n}\n".to_owned().into(),
                signature: "AAAAAAAA\nBBBBBBBB=\n".to_owned().into(),
            }),
            Self::Lasting => of("AKIDEXAMPLE", TOKEN, None),
            Self::Expiring(seconds) => {
                of("ASIDEXAMPLE", TOKEN, Some((NEW_YEAR / 1_000).wrapping_add_signed((*seconds).into())))
            }
            Self::Odd { id, token } => of(id, token, None),
        }
    }
}

impl Answer {
    pub(super) fn response(&self) -> Response {
        let status = match self.status {
            Code::Ok => 200,
            Code::Moved => 307,
            Code::BadRequest => 400,
            Code::Forbidden => 403,
            Code::NotFound => 404,
            Code::TooMany => 429,
            Code::Internal => 500,
            Code::Unavailable => 503,
            Code::Any(status) => status,
        };
        let headers = self.headers.iter().map(Header::pair).collect();
        Response { status, headers, body: self.body.bytes() }
    }
}

impl Header {
    fn pair(&self) -> (String, String) {
        let (name, value) = match self {
            Self::RequestId => ("x-amzn-requestid", "rid-1".to_owned()),
            Self::Date(seconds) => {
                let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
                ("Date", format!("Thu, 01 Jan 2026 00:{minutes:02}:{seconds:02} GMT"))
            }
            Self::RetryAfter(seconds) => ("Retry-After", seconds.to_string()),
            Self::Location(to) => ("Location", to.clone()),
            Self::Away(page) => {
                ("Location", format!("https://elsewhere.example/{page}?Signature=ab%2Bcd%2Fef%3D"))
            }
            Self::Age(seconds) => ("Age", seconds.to_string()),
            Self::Any(name, value) => (name.as_str(), value.clone()),
        };
        (name.to_owned(), value)
    }
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Json(code, message) => serde_json::json!({
                "Error": {"Code": code.text(), "Message": message.text(), "Type": "Sender"}, "RequestId": "rid-1"
            })
            .to_string()
            .into_bytes(),
            Self::Xml(code, message) => format!(
                "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>",
                code.text(),
                message.text()
            )
            .into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

impl Word {
    fn text(self) -> &'static str {
        match self {
            Self::Validation => "ValidationError",
            Self::Denied => "AccessDenied",
            Self::Expired => "ExpiredToken",
            Self::Throttling => "Throttling",
            Self::Skewed => "RequestTimeTooSkewed",
            Self::Signature => "SignatureDoesNotMatch",
            Self::UnknownKey => "InvalidClientTokenId",
            Self::Internal => "InternalFailure",
            Self::Odd => "Odd",
        }
    }
}

impl Saying {
    fn text(&self) -> String {
        match self {
            Self::Exists => {
                "Signal with ID i-0123456789abcdef0 for resource Server already exists.".to_owned()
            }
            Self::NotMember => "Instance i-0123456789abcdef0 in not a member of stack s".to_owned(),
            Self::Complete => "Stack arn is in CREATE_COMPLETE state and cannot be signaled".to_owned(),
            Self::Echo => echo(),
            Self::Any(text) => text.clone(),
        }
    }
}

impl Failure {
    pub(super) fn error(&self) -> TransportError {
        match self {
            Self::Timeout => TransportError::Timeout,
            Self::ConnectTimeout => TransportError::ConnectTimeout,
            Self::Dns(text) => TransportError::Dns(text.clone()),
            Self::Refused(text) => TransportError::Refused(text.clone()),
            Self::Tls(text) => TransportError::Tls(text.clone()),
            Self::Certificate(text) => TransportError::Certificate(text.clone()),
            Self::Proxy(text) => TransportError::Proxy(text.clone()),
            Self::Reset(text) => TransportError::Reset(text.clone()),
            Self::Other(text) => TransportError::Other(text.clone()),
            Self::Echo => TransportError::Other(Some(echo())),
        }
    }
}

/// Everything that a delivery was given.
fn echo() -> String {
    format!("echo {SECRET} {TOKEN} {HANDLE}{QUERY}")
}
