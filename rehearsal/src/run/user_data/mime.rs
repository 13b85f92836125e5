//! MIME multi-part messages.
//!
//! Source: <https://docs.cloud-init.io/en/latest/explanation/format.html#mime-multi-part-archive>

use std::ops::Range;

use mailparse::{MailHeaderMap as _, ParsedMail, body::Body, parse_mail};

use super::Part;

/// How deep messages may be nested, counted by how often they mention that they are.
const MAX_MULTIPARTS: usize = 100;

/// Not readable.
#[derive(Debug)]
pub(crate) struct NoMessage;

/// Whether it is taken for a message: cloud-init looks for `MIME-Version:` in the first four kilobytes. A script that
/// only speaks of it has no headers, so that it stays one part.
pub(crate) fn is_message(content: &[u8]) -> bool {
    let head = content.get(..4096).unwrap_or(content).to_ascii_lowercase();
    let mentions = head.windows(13).any(|window| window == b"mime-version:");
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_header = name.len() < first.len()
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    mentions && (is_header || head.starts_with(b"from "))
}

/// A part as it is written in its message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// Lower case.
    pub(crate) content_type: String,
    /// Where its content stands; none where that is encoded.
    pub(crate) content: Option<Range<usize>>,
    /// Whether it says how it is merged with what is before it.
    pub(crate) is_merged: bool,
}

/// The parts that are no containers, in order.
pub(super) fn parts(message: &[u8]) -> Result<Vec<Part>, NoMessage> {
    each(message, |mail| {
        let disposition = mail.get_content_disposition();
        let file_name = disposition.params.get("filename").or_else(|| mail.ctype.params.get("name")).cloned();
        let header = |name: &str| mail.headers.get_first_value(name);
        Ok(Part {
            content_type: Some(mail.ctype.mimetype.to_ascii_lowercase()),
            file_name,
            merge_type: header("Merge-Type").or_else(|| header("X-Merge-Type")),
            // Whatever charset it declares: cloud-init writes the bytes as they are.
            content: mail.get_body_raw().map_err(|_| NoMessage)?,
        })
    })
}

/// Where these parts are in the message.
pub(crate) fn written(message: &[u8]) -> Result<Vec<Written>, NoMessage> {
    each(message, |mail| {
        let raw = match mail.get_body_encoded() {
            Body::SevenBit(body) | Body::EightBit(body) => Some(body.get_raw()),
            Body::Binary(body) => Some(body.get_raw()),
            Body::Base64(_) | Body::QuotedPrintable(_) => None,
        };
        // Bodies are slices of the message.
        let content = raw.map(|raw| {
            let start = raw.as_ptr().addr().saturating_sub(message.as_ptr().addr());
            start..start + raw.len()
        });
        let is_merged =
            ["Merge-Type", "X-Merge-Type"].iter().any(|it| mail.headers.get_first_value(it).is_some());
        Ok(Written { content_type: mail.ctype.mimetype.to_ascii_lowercase(), content, is_merged })
    })
}

fn each<P>(
    message: &[u8],
    part: impl Fn(&ParsedMail<'_>) -> Result<P, NoMessage>,
) -> Result<Vec<P>, NoMessage> {
    let lower = message.to_ascii_lowercase();
    if lower.windows(10).filter(|window| *window == b"multipart/").count() > MAX_MULTIPARTS {
        return Err(NoMessage);
    }
    let mail = parse_mail(message).map_err(|_| NoMessage)?;
    let mut parts = Vec::new();
    let mut rest = vec![&mail];
    while let Some(mail) = rest.pop() {
        if mail.ctype.mimetype.starts_with("multipart/") {
            rest.extend(mail.subparts.iter().rev());
        } else {
            parts.push(part(mail)?);
        }
    }
    Ok(parts)
}
