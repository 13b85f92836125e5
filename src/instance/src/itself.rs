//! What an instance's identity document says of it.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html>

use cfn_signal_core::identity::InstanceDocument;
use serde::Deserialize;

/// Of an instance's id or a region's name, in characters: both are much shorter.
const LONGEST_NAME: usize = 64;

/// An instance, by its document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Itself {
    /// Its id.
    #[serde(default)]
    pub instance_id: Option<String>,
    /// Its region.
    #[serde(default)]
    pub region: Option<String>,
}

impl Itself {
    /// What `document` says; nothing where it is none.
    #[must_use]
    pub fn of(document: &InstanceDocument) -> Self {
        let Self { instance_id, region } =
            serde_json::from_str(document.document.expose()).unwrap_or_default();
        let name = |name: &String| is_name(name);
        Self { instance_id: instance_id.filter(name), region: region.filter(name) }
    }
}

/// Whether `text` may be an instance's id or a region's name.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use cfn_signal_core::identity::InstanceDocument;

    use super::Itself;

    #[test]
    fn what_a_document_says_is_taken_if_it_can_be() {
        for (document, id, region) in [
            (
                r#"{"instanceId":"i-0123456789abcdef0","region":"us-west-2","x":{}}"#,
                Some("i-0123456789abcdef0"),
                Some("us-west-2"),
            ),
            (r#"{"instanceId":"<html>","region":""}"#, None, None),
            (r#"{"instanceId":null,"region":"eu-west-1"}"#, None, Some("eu-west-1")),
            (r#"{"instanceId":7}"#, None, None),
            ("", None, None),
        ] {
            let document =
                InstanceDocument { document: document.to_owned().into(), signature: String::new().into() };
            let said = Itself::of(&document);
            assert_eq!((said.instance_id.as_deref(), said.region.as_deref()), (id, region), "{document:?}");
        }
    }
}
