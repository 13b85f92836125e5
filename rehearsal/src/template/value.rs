//! What a function gives.

/// A resolved value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Value>),
    /// `AWS::NoValue`: as if it were not written.
    Absent,
}

impl Value {
    /// What the value is, for messages.
    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Absent => "AWS::NoValue",
        }
    }
}
