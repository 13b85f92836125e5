//! MIME multi-part messages.
//!
//! Source: <https://docs.cloud-init.io/en/latest/explanation/format.html#mime-multi-part-archive>

use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};

use super::Part;

/// How deep messages may be nested, counted by how often they mention that they are.
const MAX_MULTIPARTS: usize = 100;

/// Not readable.
#[derive(Debug)]
pub(super) struct NoMessage;

/// Whether it is taken for a message: cloud-init looks for `MIME-Version:` in the first four kilobytes. A script that
/// only speaks of it has no headers, so that it stays one part.
pub(super) fn is_message(content: &[u8]) -> bool {
    let head = content.get(..4096).unwrap_or(content).to_ascii_lowercase();
    let mentions = head.windows(13).any(|window| window == b"mime-version:");
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_header = name.len() < first.len()
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    mentions && (is_header || head.starts_with(b"from "))
}

/// The parts that are no containers, in order.
pub(super) fn parts(message: &[u8]) -> Result<Vec<Part>, NoMessage> {
    let lower = message.to_ascii_lowercase();
    if lower.windows(10).filter(|window| *window == b"multipart/").count() > MAX_MULTIPARTS {
        return Err(NoMessage);
    }
    let mail = parse_mail(message).map_err(|_| NoMessage)?;
    let mut parts = Vec::new();
    walk(&mail, &mut parts)?;
    Ok(parts)
}

fn walk(mail: &ParsedMail<'_>, parts: &mut Vec<Part>) -> Result<(), NoMessage> {
    if mail.ctype.mimetype.starts_with("multipart/") {
        return mail.subparts.iter().try_for_each(|part| walk(part, parts));
    }
    let disposition = mail.get_content_disposition();
    let file_name = disposition.params.get("filename").or_else(|| mail.ctype.params.get("name")).cloned();
    let header = |name: &str| mail.headers.get_first_value(name);
    parts.push(Part {
        content_type: Some(mail.ctype.mimetype.to_ascii_lowercase()),
        file_name,
        merge_type: header("Merge-Type").or_else(|| header("X-Merge-Type")),
        // Whatever charset it declares: cloud-init writes the bytes as they are.
        content: mail.get_body_raw().map_err(|_| NoMessage)?,
    });
    Ok(())
}
