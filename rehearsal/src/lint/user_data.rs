//! What user data is: a shell script, cloud-config, several of them in a MIME message, or something else.
//!
//! Source: <https://cloudinit.readthedocs.io/en/latest/explanation/format.html>

use super::documents::filled;
use super::encoded::decoded;
use super::shell;
use super::text::{STAND_IN, Text};
use super::windows::{Language, user_data as windows};
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
/// The keys of cloud-config that hold commands, in the order in which they run.
const COMMANDS: [&str; 2] = ["bootcmd", "runcmd"];

/// A part of user data.
#[derive(Debug)]
pub(super) enum Part {
    /// A script of a shell.
    Shell(Text),
    /// cloud-config's `runcmd` or `bootcmd`: one script of all its items.
    Commands(Text),
    /// cloud-config's commands that a later part replaces.
    Replaced(Text),
    /// A script of a shell that cloud-config writes and runs.
    File(Text),
    /// A script of Windows.
    Windows(Language, Text),
    /// Something that runs, in another language or after an include, or that cannot be told.
    Opaque,
    /// Something that cloud-init does not run: it begins like nothing that it knows.
    Ignored(Text),
}

/// The parts of user data.
pub(super) fn parts(text: &Text) -> Vec<Part> {
    if let Some(parts) = windows::parts(text) {
        let part = |part| match part {
            windows::Part::Script(language, text) => Part::Windows(language, text),
            windows::Part::Opaque => Part::Opaque,
        };
        return parts.into_iter().map(part).collect();
    }
    if !mime::is_message(text.text.as_bytes()) {
        return single(text, "text/plain");
    }
    let written = mime::written(text.text.as_bytes()).unwrap_or_default();
    let part = |part: mime::Written| Given {
        text: part.content.map(|content| text.slice(content)),
        content_type: part.content_type,
        is_merged: part.is_merged,
    };
    together(text, written.into_iter().map(part))
}

/// A part of several, as it is given.
struct Given {
    /// None where it cannot be read.
    text: Option<Text>,
    content_type: String,
    /// Whether its keys are merged with those of the parts before it.
    is_merged: bool,
}

/// What several parts are, each after the others.
fn together(whole: &Text, given: impl Iterator<Item = Given>) -> Vec<Part> {
    let given: Vec<Given> = given.take(MAX_PARTS).collect();
    if given.is_empty() {
        return vec![Part::Opaque];
    }
    let replaces = |part: &Given| match &part.text {
        Some(text) if !part.is_merged => replaced_keys(text, &part.content_type),
        _ => Vec::new(),
    };
    // Without a merge type, a key of a later part takes the place of the same key of those before it.
    let later: Vec<Vec<&str>> = given.iter().map(replaces).collect();
    let part = |(index, part): (usize, Given)| match part.text {
        Some(text) => {
            let after = later.get(index + 1..).unwrap_or_default();
            single_of(&text, &part.content_type, after, &whole.text)
        }
        None => vec![Part::Opaque],
    };
    given.into_iter().enumerate().flat_map(part).collect()
}

/// The parts of `#cloud-config-archive`: a list of texts, and of maps with a `type` and their `content`.
fn archive(text: &Text) -> Vec<Part> {
    let root = yaml::read(&text.text).ok();
    let Some(items) = root.as_ref().and_then(Node::items) else { return vec![Part::Opaque] };
    let source = super::source::Source::new(&text.text);
    let part = |item: &Node| {
        let content = if item.is_map() { item.get("content") } else { Some(item) };
        let content = content.and_then(|node| Some((node, node.text()?)));
        let text = content.map(|(node, content)| text.scalar(source.byte_at(node.place), content));
        let is_told = text.as_ref().is_some_and(|it| kind::of(it.text.as_bytes()).is_some());
        let otherwise = if is_told { "text/plain" } else { "text/cloud-config" };
        let content_type = item.get("type").and_then(Node::text).unwrap_or(otherwise).to_ascii_lowercase();
        let merge = ["Merge-Type", "X-Merge-Type"].into_iter().any(|key| item.get(key).is_some());
        // An archive in an archive is left alone.
        let is_archive =
            kind::declared(&content_type, text.as_ref().map(|it| it.text.as_bytes()).unwrap_or_default())
                == Some(Kind::Archive);
        Given { text: text.filter(|_| !is_archive), content_type, is_merged: merge }
    };
    together(text, items.iter().map(part))
}

/// What a part of cloud-config puts in the place of what other parts have.
fn replaced_keys(text: &Text, content_type: &str) -> Vec<&'static str> {
    let is_config = matches!(kind::declared(content_type, text.text.as_bytes()), Some(Kind::CloudConfig));
    let root = if is_config { yaml::read(&text.text).ok() } else { None };
    let Some(root) = root.filter(|root| root.get("merge_how").or_else(|| root.get("merge_type")).is_none())
    else {
        return Vec::new();
    };
    COMMANDS.into_iter().filter(|key| root.get(key).is_some()).collect()
}

/// Anything but a MIME message.
fn single(text: &Text, content_type: &str) -> Vec<Part> {
    single_of(text, content_type, &[], &text.text)
}

/// The same, of a message in which parts come later that have keys of their own.
fn single_of(text: &Text, content_type: &str, later: &[Vec<&str>], whole: &str) -> Vec<Part> {
    let trimmed = text.text.trim_start();
    if trimmed.starts_with(STAND_IN) || text.text.contains("{{resolve:") {
        return vec![Part::Opaque];
    }
    if let Some(rest) = templated(text) {
        return single_of(&rest, "text/plain", later, whole);
    }
    let part = match kind::declared(content_type, text.text.as_bytes()) {
        Some(Kind::Script(_)) => script(text.clone()),
        Some(Kind::Boothook) => {
            let rest = kind::without_prefix(trimmed.as_bytes(), "#cloud-boothook").trim_ascii_start().len();
            script(text.slice(text.text.len() - rest..text.text.len()))
        }
        Some(Kind::CloudConfig) => {
            return yaml::read(&text.text)
                .map_or_else(|_| vec![Part::Opaque], |root| config(text, &root, later, whole));
        }
        Some(Kind::Archive) => return archive(text),
        Some(Kind::Other(_)) => Part::Opaque,
        None if content_type == "text/plain" && !is_elsewhere(trimmed) => Part::Ignored(text.clone()),
        None => Part::Opaque,
    };
    vec![part]
}

/// What a template of Jinja becomes: its values are not known. None where there are conditions in it.
fn templated(text: &Text) -> Option<Text> {
    let (first, rest) = text.text.split_once('\n')?;
    let is_one = first.trim_end().eq_ignore_ascii_case("## template: jinja") && !rest.contains("{%");
    is_one.then(|| filled(&text.slice(first.len() + 1..text.text.len())))
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

/// Whether a text begins as a shell's script does.
pub(super) fn is_shell_script(text: &str) -> bool {
    text.lines().next().is_some_and(|first| first.starts_with("#!") && is_shell(first))
}

fn is_shell(first: &str) -> bool {
    first
        .trim_start_matches("#!")
        .split_whitespace()
        .find(|word| !word.ends_with("/env") && !word.starts_with('-'))
        .and_then(|path| path.rsplit('/').next())
        .is_some_and(shell::is_shell)
}

/// One long word may be anything that was encoded before.
fn is_base64(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte))
}

/// Folders whose scripts cloud-init runs by itself.
const SCRIPTS: [&str; 3] = [
    "/var/lib/cloud/scripts/per-once/",
    "/var/lib/cloud/scripts/per-boot/",
    "/var/lib/cloud/scripts/per-instance/",
];

/// Whether a file that is written is named somewhere else in the user data too, or runs without that.
fn is_run(path: &str, whole: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    let named = whole.match_indices(path).filter(|(at, _)| {
        let before = whole.get(..*at).and_then(|text| text.chars().next_back());
        let after = whole.get(at + path.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    });
    SCRIPTS.iter().any(|folder| path.starts_with(folder)) || named.take(2).count() > 1
}

/// Whether commands give a file to a shell, or read it as one does.
pub(super) fn is_run_by_shell(commands: &Text, path: &str) -> bool {
    let mut is_run = false;
    let block = shell::parse(commands).map(|parsed| parsed.block).unwrap_or_default();
    shell::visit(&block, &mut |command| {
        let runs = |word: &shell::Word| {
            word.literal().is_some_and(|it| {
                let name = it.rsplit('/').next().unwrap_or_default();
                shell::is_shell(name) || matches!(name, "source" | ".")
            })
        };
        let is_shell = command.words.iter().take(6).any(runs);
        is_run |= is_shell && command.has(path);
    });
    is_run
}

/// What cloud-config runs: its commands, and the scripts that it writes and something of `whole` names.
fn config(text: &Text, root: &Node, later: &[Vec<&str>], whole: &str) -> Vec<Part> {
    let source = super::source::Source::new(&text.text);
    let (lost, kept): (Vec<&str>, Vec<&str>) =
        COMMANDS.into_iter().partition(|key| later.iter().any(|keys| keys.contains(key)));
    let commands = commands(text, &source, root, &kept);
    let mut parts = Vec::new();
    if lost.iter().any(|key| root.get(key).is_some()) {
        parts.push(Part::Replaced(self::commands(text, &source, root, &lost)));
    }
    for file in root.get("write_files").and_then(Node::items).unwrap_or_default() {
        let [Some(path), Some(content)] = ["path", "content"].map(|key| file.get(key)) else { continue };
        let Some(path) = path.text().filter(|path| is_run(path, whole)) else { continue };
        let written = text.scalar(source.byte_at(content.place), content.text().unwrap_or_default());
        let written = match file.get("encoding").map(Node::text) {
            None => Some(written),
            Some(Some("b64" | "base64")) => decoded(&written),
            Some(_) => None,
        };
        let is_script = |it: &Text| is_shell_script(&it.text) || is_run_by_shell(&commands, path);
        parts.extend(written.filter(is_script).map(Part::File));
    }
    parts.insert(0, Part::Commands(commands));
    parts
}

/// The script that cloud-init makes of `bootcmd` and `runcmd`.
///
/// Lists become one line each, every item of them in single quotes; text becomes a line as it is.
fn commands(text: &Text, source: &super::source::Source<'_>, root: &Node, keys: &[&str]) -> Text {
    let mut script = Text::default();
    for name in keys {
        for item in root.get(name).and_then(Node::items).unwrap_or_default() {
            let line = |node: &Node| {
                let value = node.text().unwrap_or_default();
                text.scalar(source.byte_at(node.place), value)
            };
            match item.items() {
                Some(words) => {
                    words.iter().for_each(|word| script.push_word(&line(word)));
                }
                None => script.append(&line(item)),
            }
            script.push_made_up("\n");
        }
    }
    script
}
