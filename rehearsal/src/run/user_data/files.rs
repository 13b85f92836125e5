//! `write_files`.
//!
//! Source: <https://docs.cloud-init.io/en/latest/reference/modules.html#write-files>

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cfn_signal_core::causes;

use super::{gzip, yaml::Value};
use crate::number::Number;
use crate::yaml::{Budget, Size};

/// A file that stands below the scratch directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct WrittenFile {
    /// From the root, without `.` and `..`.
    pub(in super::super) path: PathBuf,
    pub(in super::super) content: Vec<u8>,
    pub(in super::super) mode: u32,
    pub(in super::super) append: bool,
}

/// The files; what is wrong with any goes to `notes`.
pub(super) fn files(value: &Value, budget: &mut Budget, notes: &mut Vec<String>) -> Vec<WrittenFile> {
    let Some(items) = value.items() else {
        notes.push(format!("write_files: a list of files is needed, this is {}", value.described()));
        return Vec::new();
    };
    let mut files = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match file(item, index + 1, budget, notes) {
            Ok(file) => files.push(file),
            Err(problem) => notes.push(format!("write_files: file {}: {problem}", index + 1)),
        }
    }
    files
}

fn file(
    item: &Value,
    number: usize,
    budget: &mut Budget,
    notes: &mut Vec<String>,
) -> Result<WrittenFile, String> {
    let text = |key: &str| match item.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.text() {
            Some(text) => Ok(Some(text)),
            None => Err(format!("its {key} is {}, not text", value.described())),
        },
    };
    let Some(path) = text("path")?.filter(|path| !path.is_empty()) else {
        return Err("has no path, and is not written".to_owned());
    };
    let Some(path) = absolute(path) else { return Err(format!("{path} is no file's path")) };
    if item.get("source").is_some() && item.get("content").is_none() {
        return Err(format!("{} comes from elsewhere (source), and that is not rehearsed", path.display()));
    }
    let content = match item.get("content") {
        Some(Value::Binary(bytes)) => Cow::Borrowed(bytes.as_slice()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => {
            let what = value.described();
            return Err(format!("its content is {what}, and cloud-init writes text only; quote it"));
        }
        _ => Cow::Owned(text("content")?.unwrap_or_default().as_bytes().to_vec()),
    };
    let content = decoded(text("encoding")?.unwrap_or_default(), &content)
        .map_err(|problem| format!("{}: {problem}", path.display()))?;
    budget
        .spend(Size::text(content.len()), 0)
        .map_err(|excess| format!("{}: {excess}; it is not rehearsed", path.display()))?;
    let append = matches!(item.get("append"), Some(Value::Bool(true)));
    let mode = match item.get("permissions") {
        Some(Value::Number(number)) => numeric(number),
        _ => mode(text("permissions")?),
    };
    if let Some(Value::Number(Number { text, is_decimal: true })) = item.get("permissions") {
        notes.push(format!(
            "write_files: file {number}: permissions: {text} is a decimal number, and to cloud-init the mode {mode:04o}; \
             write '0{text}', in quotes"
        ));
    }
    Ok(WrittenFile { path, content, mode: mode & 0o777, append })
}

/// The path from the root that it leads to.
pub(in super::super) fn absolute(path: &str) -> Option<PathBuf> {
    let mut way = PathBuf::from("/");
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => way.push(name),
            Component::ParentDir => {
                way.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    (way.file_name().is_some() && !path.ends_with('/') && !path.contains('\0')).then_some(way)
}

fn decoded(encoding: &str, content: &[u8]) -> Result<Vec<u8>, String> {
    let (encoded, zipped) = match encoding.trim().to_ascii_lowercase().as_str() {
        "gz" | "gzip" => (false, true),
        "gz+base64" | "gzip+base64" | "gz+b64" | "gzip+b64" => (true, true),
        "b64" | "base64" => (true, false),
        _ => (false, false),
    };
    let mut bytes = Cow::Borrowed(content);
    if encoded {
        let compact: Vec<u8> = content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        bytes = Cow::Owned(STANDARD.decode(compact).map_err(|_| "its content is not base64".to_owned())?);
    }
    if zipped {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return Err("its content is not compressed".to_owned());
        }
        return gzip::decompressed(&bytes).map(Cow::into_owned).map_err(|error| causes::line(&error));
    }
    Ok(bytes.into_owned())
}

/// Unless told, also where it is told wrongly.
const MODE: u32 = 0o644;

fn mode(permissions: Option<&str>) -> u32 {
    let digits = permissions.map(|text| text.trim().trim_start_matches("0o"));
    digits.and_then(|digits| u32::from_str_radix(digits, 8).ok()).unwrap_or(MODE)
}

/// A number is the mode itself, whatever it was written in.
fn numeric(permissions: &Number) -> u32 {
    let whole = permissions.text.split('.').next().unwrap_or_default();
    whole.parse().unwrap_or(MODE)
}
