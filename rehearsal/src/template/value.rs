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

/// Whether text has a dynamic reference, which stands for what Systems Manager or Secrets Manager keeps.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
pub(super) fn is_dynamic(text: &str) -> bool {
    text.contains("{{resolve:")
}
