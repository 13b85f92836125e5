//! User data of Windows: scripts in tags, as EC2Config and EC2Launch run them, or the tasks of EC2Launch v2 in YAML.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>

use super::Language;
use crate::lint::source::Source;
use crate::lint::text::Text;
use crate::template::node::Node;
use crate::template::yaml;

/// The tags, in the order in which what they hold runs, however they stand.
const TAGS: [(&str, &str, Language); 2] =
    [("<script>", "</script>", Language::Batch), ("<powershell>", "</powershell>", Language::PowerShell)];

/// A part of such user data.
#[derive(Debug)]
pub(in crate::lint) enum Part {
    Script(Language, Text),
    /// Something runs, and it is not known what.
    Opaque,
}

/// The parts of user data for Windows; none where it is for something else.
pub(in crate::lint) fn parts(text: &Text) -> Option<Vec<Part>> {
    let is_task_list = text.text.trim_start().starts_with("version:") && text.text.contains("tasks:");
    if is_task_list {
        return tasks(text);
    }
    let lower = text.text.to_ascii_lowercase();
    let starts = |tag: &str| lower.lines().any(|line| line.trim_start().starts_with(tag));
    if !TAGS.iter().any(|(opening, ..)| starts(opening)) {
        return None;
    }
    let mut parts = Vec::new();
    for (opening, closing, language) in TAGS {
        let Some(start) = lower.find(opening).map(|at| at + opening.len()) else { continue };
        let rest = lower.get(start..).unwrap_or_default();
        match rest.find(closing) {
            Some(length) => {
                parts.push(Part::Script(language, text.slice(start..start + length)));
                // Whether a second one runs is not documented.
                if rest.get(length..).is_some_and(|after| after.contains(opening)) {
                    parts.push(Part::Opaque);
                }
            }
            None => parts.push(Part::Opaque),
        }
    }
    Some(parts)
}

/// What EC2Launch v2's tasks run; none where it is something else.
fn tasks(text: &Text) -> Option<Vec<Part>> {
    let Ok(root) = yaml::read(&text.text) else { return Some(vec![Part::Opaque]) };
    let source = Source::new(&text.text);
    let mut parts = Vec::new();
    for task in root.get("tasks")?.items()? {
        match task.get("task").and_then(Node::text) {
            Some("executeScript") => {
                for input in task.get("inputs").and_then(Node::items).unwrap_or_default() {
                    let language = match input.get("type").and_then(Node::text) {
                        Some("batch") => Language::Batch,
                        Some("powershell") => Language::PowerShell,
                        _ => {
                            parts.push(Part::Opaque);
                            continue;
                        }
                    };
                    parts.push(match input.get("content").and_then(|it| Some((it, it.text()?))) {
                        Some((node, content)) => {
                            Part::Script(language, text.scalar(source.byte_at(node.place), content))
                        }
                        None => Part::Opaque,
                    });
                }
            }
            Some("executeProgram") | None => parts.push(Part::Opaque),
            Some(_) => {}
        }
    }
    Some(parts)
}
