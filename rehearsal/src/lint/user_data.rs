//! What user data is: a shell script, cloud-config, several of them in a MIME message, or something else.
//!
//! Source: <https://cloudinit.readthedocs.io/en/latest/explanation/format.html>

use super::text::{STAND_IN, Text};
use crate::run::user_data::{
    kind::{self, Kind},
    mime,
};
use crate::template::{node::Node, yaml};

#[cfg(test)]
mod tests;

/// What begins the configuration of systems without cloud-init, such as EC2Launch.
const OTHERS: [&str; 2] = ["<persist", "version:"];
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
    if !mime::is_message(text.text.as_bytes()) {
        return vec![single(text, "text/plain")];
    }
    let written = mime::written(text.text.as_bytes()).unwrap_or_default();
    if written.is_empty() {
        return vec![Part::Opaque];
    }
    let part = |part: mime::Written| match part.content {
        Some(content) => single(&text.slice(content), &part.content_type),
        None => Part::Opaque,
    };
    written.into_iter().take(MAX_PARTS).map(part).collect()
}

/// Anything but a MIME message.
fn single(text: &Text, content_type: &str) -> Part {
    let trimmed = text.text.trim_start();
    if trimmed.starts_with(STAND_IN) || text.text.contains("{{resolve:") {
        return Part::Opaque;
    }
    match kind::declared(content_type, text.text.as_bytes()) {
        Some(Kind::Script(_)) => script(text.clone()),
        Some(Kind::Boothook) => {
            let rest = kind::without_prefix(trimmed.as_bytes(), "#cloud-boothook").trim_ascii_start().len();
            script(text.slice(text.text.len() - rest..text.text.len()))
        }
        Some(Kind::CloudConfig) => commands(text).map_or(Part::Opaque, Part::Commands),
        Some(Kind::Archive | Kind::Other(_)) => Part::Opaque,
        None if content_type == "text/plain" && !is_elsewhere(trimmed) => Part::Ignored(text.clone()),
        None => Part::Opaque,
    }
}

/// A script, which the kernel runs only if it begins with `#!`.
fn script(text: Text) -> Part {
    match text.text.lines().next() {
        Some(first) if first.starts_with("#!") && is_shell(first) => Part::Shell(text),
        Some(first) if first.starts_with("#!") => Part::Opaque,
        _ => Part::Ignored(text),
    }
}

/// Whether something else than cloud-init may read this: other systems' configurations are YAML or JSON.
fn is_elsewhere(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let lower = first.to_lowercase();
    first.is_empty()
        || first.starts_with(['{', '['])
        || first.starts_with("---")
        || first.ends_with(':')
        || OTHERS.iter().any(|other| lower.starts_with(other))
        || is_base64(text)
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
