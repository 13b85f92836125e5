//! What user data is: a shell script, cloud-config, several of them in a MIME message, or something else.
//!
//! Source: <https://cloudinit.readthedocs.io/en/latest/explanation/format.html>

use super::text::{STAND_IN, Text};
use crate::template::{node::Node, yaml};

#[cfg(test)]
mod tests;

/// What begins text that cloud-init or EC2Launch knows, besides scripts, cloud-config and MIME messages.
const OTHERS: [&str; 10] = [
    "#include",
    "#cloud-",
    "## template:",
    "#upstart-job",
    "#part-handler",
    "<powershell",
    "<script",
    "<persist",
    "version:",
    "[settings",
];
const MAX_PARTS: usize = 50;

/// A part of user data.
#[derive(Debug)]
pub(super) enum Part {
    /// A script of a shell.
    Shell(Text),
    /// cloud-config's `runcmd` or `bootcmd`: one script of all its items.
    Commands(Text),
    /// Something that runs, in another language or after an include, or that cannot be told.
    Opaque,
    /// Something that cloud-init does not run: it begins like nothing that it knows.
    Ignored(Text),
}

/// The parts of user data.
pub(super) fn parts(text: &Text) -> Vec<Part> {
    let start = text.text.trim_start();
    let lower: String = start.chars().take(24).flat_map(char::to_lowercase).collect();
    if lower.starts_with("content-type:") || lower.starts_with("mime-version:") {
        return messages(text);
    }
    vec![single(text)]
}

/// Anything but a MIME message.
fn single(text: &Text) -> Part {
    let trimmed = text.text.trim_start();
    let first = trimmed.lines().next().unwrap_or_default();
    let lower = first.to_lowercase();
    if first.starts_with("#!") {
        return if is_shell(first) { Part::Shell(text.clone()) } else { Part::Opaque };
    }
    if lower.starts_with("#cloud-config") {
        return commands(text).map_or(Part::Opaque, Part::Commands);
    }
    // Other systems' configurations are YAML or JSON.
    let is_document = first.starts_with(['{', '[']) || first.starts_with("---") || first.ends_with(':');
    let is_unknown =
        is_document || first.is_empty() || first.starts_with(STAND_IN) || text.text.contains("{{resolve:");
    if is_unknown || is_base64(trimmed) || OTHERS.iter().any(|other| lower.starts_with(other)) {
        Part::Opaque
    } else {
        Part::Ignored(text.clone())
    }
}

fn is_shell(first: &str) -> bool {
    const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ash", "ksh"];
    first
        .trim_start_matches("#!")
        .split_whitespace()
        .find(|word| !word.ends_with("/env") && !word.starts_with('-'))
        .and_then(|path| path.rsplit('/').next())
        .is_some_and(|name| SHELLS.contains(&name))
}

/// One long word may be anything that was encoded before.
fn is_base64(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte))
}

/// The parts of a MIME message.
fn messages(text: &Text) -> Vec<Part> {
    let Some(boundary) = boundary(&text.text) else { return vec![Part::Opaque] };
    let delimiter = format!("--{boundary}");
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.text.split_inclusive('\n') {
        if line.trim_end().trim_end_matches("--").trim_start() == delimiter {
            starts.push((offset, offset + line.len()));
        }
        offset += line.len();
    }
    let mut parts = Vec::new();
    for (index, (_, after)) in starts.iter().enumerate().take(MAX_PARTS) {
        let end = starts.get(index + 1).map_or(text.text.len(), |(next, _)| *next);
        let part = text.slice(*after..end);
        if !part.text.trim().is_empty() {
            parts.push(message(&part));
        }
    }
    parts
}

fn boundary(text: &str) -> Option<String> {
    // ASCII only, so that the offsets are those of the text as well.
    let lower = text.to_ascii_lowercase();
    let at = lower.find("boundary=")? + "boundary=".len();
    let rest = text.get(at..)?;
    let boundary = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(|letter: char| letter.is_whitespace() || letter == ';').next(),
    };
    boundary.filter(|boundary| !boundary.is_empty()).map(str::to_owned)
}

fn message(part: &Text) -> Part {
    let mut offset = 0;
    let mut headers = String::new();
    for line in part.text.split_inclusive('\n') {
        offset += line.len();
        if line.trim().is_empty() {
            if headers.is_empty() {
                continue;
            }
            break;
        }
        headers.push_str(&line.to_ascii_lowercase());
    }
    if headers.contains("base64") || headers.contains("quoted-printable") {
        return Part::Opaque;
    }
    let body = part.slice(offset..part.text.len());
    match single(&body) {
        // The type in the header is as good as a first line.
        Part::Ignored(body) if headers.contains("text/cloud-config") => {
            commands(&body).map_or(Part::Opaque, Part::Commands)
        }
        Part::Ignored(_) => Part::Opaque,
        other => other,
    }
}

/// The script that cloud-init makes of `bootcmd` and `runcmd`. `None` where the YAML cannot be read.
///
/// Lists become one line each, every item of them in single quotes; text becomes a line as it is.
fn commands(text: &Text) -> Option<Text> {
    let root = yaml::read(&text.text).ok()?;
    let source = super::source::Source::new(&text.text);
    let mut script = Text::default();
    for name in ["bootcmd", "runcmd"] {
        for item in root.get(name).and_then(Node::items).unwrap_or_default() {
            let line = |node: &Node| {
                let value = node.text().unwrap_or_default();
                text.scalar(source.byte_at(node.place), value)
            };
            match item.items() {
                Some(words) => {
                    for word in words {
                        script.push_made_up("'");
                        script.append(&line(word));
                        script.push_made_up("' ");
                    }
                }
                None => script.append(&line(item)),
            }
            script.push_made_up("\n");
        }
    }
    Some(script)
}
