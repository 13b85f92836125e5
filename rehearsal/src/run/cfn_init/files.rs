//! `files`: below the scratch directory, as those of `write_files` are.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value as Json;

use super::journal::Journal;
use super::{entries, text_of};
use crate::run::disk::Disk;
use crate::run::user_data::{WrittenFile, absolute};

/// Unless told.
const MODE: u32 = 0o644;

/// Writes them.
pub(super) fn write(section: Option<&Json>, disk: &Disk, journal: &mut Journal) -> Result<(), String> {
    for (path, settings) in entries(section) {
        let mode = settings.get("mode").and_then(text_of).unwrap_or_default();
        if mode.starts_with("120") {
            journal.note(&format!("cfn-init: {path} is a link, and not made here"));
            continue;
        }
        let content = match (settings.get("content"), settings.get("source")) {
            (None | Some(Json::Null), Some(_)) => {
                journal.note(&format!(
                    "cfn-init: {path} comes from elsewhere (source), and is not fetched here"
                ));
                continue;
            }
            (Some(content), _) => {
                match content_of(content, settings) {
                    Some(content) => content?,
                    None => {
                        journal.note(&format!("cfn-init: {path} has a value that only the real service knows, and is not written"));
                        continue;
                    }
                }
            }
            (None, None) => Vec::new(),
        };
        let content = match settings.get("context") {
            Some(context) => rendered(path, &content, context, journal),
            None => content,
        };
        let Some(absolute) = absolute(path) else { return Err(format!("{path} is no file's path")) };
        let file = WrittenFile {
            path: disk.below(Path::new(&absolute)),
            content,
            mode: u32::from_str_radix(mode.trim(), 8).unwrap_or(MODE) & 0o777,
            append: false,
        };
        disk.put(&file).map_err(|error| format!("Failed to write {path}: {error}"))?;
        journal.log("INFO", &format!("wrote {path}, here only"));
    }
    Ok(())
}

/// None of a function whose value is not known; an object is written as JSON.
fn content_of(content: &Json, settings: &Json) -> Option<Result<Vec<u8>, String>> {
    let is_function = |map: &serde_json::Map<String, Json>| {
        map.len() == 1 && map.keys().all(|key| key == "Ref" || key.starts_with("Fn::"))
    };
    if content.as_object().is_some_and(is_function) {
        return None;
    }
    let text = text_of(content).unwrap_or_else(|| content.to_string());
    if settings.get("encoding").and_then(Json::as_str) != Some("base64") {
        return Some(Ok(text.into_bytes()));
    }
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some(STANDARD.decode(compact).map_err(|_| "the content of a file is not base64".to_owned()))
}

/// The variables of a Mustache template, filled in; its sections are left as they are.
fn rendered(path: &str, content: &[u8], context: &Json, journal: &mut Journal) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(content) else { return content.to_vec() };
    let (mut out, mut rest, mut sections) = (String::with_capacity(text.len()), text, false);
    while let Some((before, from)) = rest.split_once("{{") {
        out.push_str(before);
        let (close, is_raw) = if from.starts_with('{') { ("}}}", true) } else { ("}}", false) };
        let Some((tag, after)) = from.trim_start_matches('{').split_once(close) else {
            out.push_str("{{");
            rest = from;
            break;
        };
        let name = tag.trim_start_matches('&').trim();
        if tag.starts_with(['#', '^', '/', '>', '=']) {
            sections = true;
            out.push_str(&format!("{{{{{tag}}}}}"));
        } else if !tag.starts_with('!') {
            let value = name.split('.').try_fold(context, |value, key| value.get(key)).and_then(text_of);
            let value = value.unwrap_or_default();
            out.push_str(&if is_raw || tag.starts_with('&') { value } else { escaped(&value) });
        }
        rest = after;
    }
    out.push_str(rest);
    if sections {
        journal
            .note(&format!("cfn-init: {path}: of its Mustache template only variables are filled in here"));
    }
    out.into_bytes()
}

/// Mustache writes for HTML unless told.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
    }
    out
}
