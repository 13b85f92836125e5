//! What can go wrong.

use alloc::string::String;
use core::fmt;

/// Why a signal cannot be sent as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareError {
    /// Not an `http` or `https` URL, nor one in base64; or one with a user name. Never holds the URL itself, which may be a secret.
    WaitHandle(String),
    /// The stack's name is empty.
    Stack(String),
    /// The logical id is empty.
    LogicalId(String),
    /// Empty, or over 64 characters.
    UniqueId(String),
    /// Not a region's name.
    Region(String),
    /// Not an `http` or `https` URL without user name, query and fragment.
    EndpointUrl(String),
    /// The body would be so many bytes, reason not counted, where CloudFormation takes 4096.
    TooLarge(u32),
    /// Diagnostic only.
    Other(Option<String>),
}

/// Why a request brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportError {
    /// The host's name could not be resolved: nothing was sent.
    Dns(String),
    /// Nothing listens there, or a firewall says no: nothing was sent.
    Refused(String),
    /// No connection opened in its time: nothing was sent.
    ConnectTimeout,
    /// The TLS handshake failed: nothing was sent.
    Tls(String),
    /// The server's certificate is not trusted, or not for this host, and no other try can change that: nothing was sent.
    Certificate(String),
    /// The proxy could not be reached, or refused: nothing was sent.
    Proxy(String),
    /// The connection opened, and no answer came in the request's time.
    Timeout,
    /// The connection opened, and broke before the answer was whole.
    Reset(String),
    /// Anything else. Diagnostic only.
    Other(Option<String>),
}

impl TransportError {
    /// Whether the request may have arrived all the same.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        match self {
            Self::Dns(_)
            | Self::Refused(_)
            | Self::ConnectTimeout
            | Self::Tls(_)
            | Self::Certificate(_)
            | Self::Proxy(_) => false,
            Self::Timeout | Self::Reset(_) | Self::Other(_) => true,
        }
    }
}

/// Why there is no identity. Texts are for people and hold no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialsError {
    /// There may be one later, such as when its source did not answer: it is asked for again, until the deadline.
    Temporary(String),
    /// Asking again will not help, such as when none is configured: the delivery ends.
    Permanent(String),
}

impl CredentialsError {
    /// Why, for people.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Temporary(why) | Self::Permanent(why) => why,
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

impl core::error::Error for CredentialsError {}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitHandle(why)
            | Self::Stack(why)
            | Self::LogicalId(why)
            | Self::UniqueId(why)
            | Self::Region(why)
            | Self::EndpointUrl(why)
            | Self::Other(Some(why)) => f.write_str(why),
            Self::TooLarge(size) => {
                write!(
                    f,
                    "the signal takes {size} bytes without its reason, and a wait handle takes 4096: shorten the data"
                )
            }
            Self::Other(None) => f.write_str("the signal cannot be sent"),
        }
    }
}

impl core::error::Error for PrepareError {}

/// In a few words.
impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectTimeout => f.write_str("no connection in time"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Dns(host) => write!(f, "{host}: the name cannot be resolved"),
            Self::Proxy(text) => write!(f, "proxy {text}"),
            Self::Refused(text)
            | Self::Tls(text)
            | Self::Certificate(text)
            | Self::Reset(text)
            | Self::Other(Some(text)) => f.write_str(text),
            Self::Other(None) => f.write_str("no answer"),
        }
    }
}

impl core::error::Error for TransportError {}
