//! Which files are looked at: those that are named, a folder's, a pattern's, and standard input.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::WalkBuilder;

use crate::lint::{Problem, looks_like_template};
use crate::template::read_text;
use crate::template::yaml::MAX_BYTES;

/// What templates' files are called, in a folder.
const EXTENSIONS: [&str; 5] = ["json", "template", "tmpl", "yaml", "yml"];
/// What a cloud assembly's table of contents is called, in the CDK's `cdk.out`.
const MANIFEST: &str = "manifest.json";

/// A template that is looked at, or what may be one.
#[derive(Debug)]
pub(super) struct Input {
    /// As it is told.
    pub(super) name: String,
    /// None for standard input.
    pub(super) path: Option<PathBuf>,
    /// Whether it is named, so that it has to be a template.
    is_named: bool,
}

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) all: Vec<Input>,
    pub(super) problems: Vec<Problem>,
    /// Files of a folder that may be no templates, for what they are called or are.
    pub(super) passed_over: usize,
    seen: HashSet<PathBuf>,
}

impl Inputs {
    pub(super) fn of(paths: &[PathBuf], stdin_name: &str, only_templates: bool) -> Self {
        let mut inputs = Self::default();
        for path in paths {
            let name = path.display().to_string();
            if path.as_os_str() == "-" {
                inputs.all.push(Input { name: stdin_name.to_owned(), path: None, is_named: !only_templates });
            } else if path.is_dir() {
                inputs.walk(path);
            } else if path.symlink_metadata().is_err() && name.contains(['*', '?', '[', '{']) {
                inputs.matching(&name, !only_templates);
            } else {
                inputs.push(path.clone(), !only_templates);
            }
        }
        inputs
    }

    /// A file that is asked for twice is looked at once.
    fn push(&mut self, path: PathBuf, is_named: bool) {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if self.seen.insert(real) {
            let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
            self.all.push(Input { name: path.display().to_string(), path: Some(path), is_named });
        }
    }

    /// A folder's files, but hidden ones and those that git ignores. Links are not followed, so there are no circles.
    fn walk(&mut self, root: &Path) {
        let mut builder = WalkBuilder::new(root);
        builder.require_git(false).follow_links(false).sort_by_file_path(Path::cmp);
        if is_assembly(root) {
            // Git ignores it nearly everywhere; what is deployed from it are its templates, not its assets.
            builder.ignore(false).git_ignore(false).git_global(false).git_exclude(false).parents(false);
            builder.filter_entry(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"asset."));
        }
        for entry in builder.build() {
            match entry {
                Ok(entry) => {
                    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                    if is_folder || !is_called_so(entry.path()) {
                        continue;
                    }
                    if entry.file_type().is_some_and(|kind| kind.is_file()) {
                        self.push(entry.into_path(), false);
                    } else {
                        self.passed_over += 1;
                    }
                }
                Err(error) => self.unwalked(root, &error),
            }
        }
    }

    /// The files that a pattern matches, for shells that leave that to the command.
    fn matching(&mut self, pattern: &str, is_named: bool) {
        let glob = match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => glob.compile_matcher(),
            Err(error) => {
                let message = format!("no pattern of files: {}", error.kind());
                self.problems.push(Problem::of_file(pattern, message));
                return;
            }
        };
        let is_plain = |part: &&std::path::Component<'_>| {
            !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{'])
        };
        let folder: PathBuf = Path::new(pattern).components().take_while(|part| is_plain(&part)).collect();
        let is_here = folder.as_os_str().is_empty();
        let mut builder = WalkBuilder::new(if is_here { Path::new(".") } else { &folder });
        builder.standard_filters(false).hidden(true).follow_links(false).sort_by_file_path(Path::cmp);
        let mut is_any = false;
        for entry in builder.build() {
            match entry {
                Ok(entry) => {
                    let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
                    if glob.is_match(path) && path.is_file() {
                        is_any = true;
                        self.push(path.to_owned(), is_named);
                    }
                }
                Err(error) => self.unwalked(&folder, &error),
            }
        }
        if !is_any {
            self.problems.push(Problem::of_file(pattern, "no file is called so"));
        }
    }

    fn unwalked(&mut self, root: &Path, error: &ignore::Error) {
        let (path, message) = told(error);
        let name = path.unwrap_or(root).display().to_string();
        self.problems.push(Problem::of_file(&name, format!("cannot be read: {message}")));
    }
}

/// Which file an error is about, and what it is.
fn told(error: &ignore::Error) -> (Option<&Path>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), told(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => told(err),
        ignore::Error::Io(error) => (None, error.to_string()),
        other => (None, other.to_string()),
    }
}

fn is_called_so(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

fn is_assembly(folder: &Path) -> bool {
    let text = read_text(&folder.join(MANIFEST));
    text.is_ok_and(|text| text.contains("\"artifacts\"") && text.contains("\"version\""))
}

impl Input {
    /// Its text; none where it is a file of a folder that is no template.
    pub(super) fn text(&self) -> Result<Option<String>, Problem> {
        let read = match &self.path {
            None => standard_input(&self.name)?,
            Some(path) => {
                refuse_special(path, &self.name)?;
                match read_text(path) {
                    Err(crate::template::TemplateError::NotText { .. }) if !self.is_named => return Ok(None),
                    read => read.map_err(|error| Problem::of(&self.name, &error))?,
                }
            }
        };
        Ok(Some(read).filter(|text| self.is_named || looks_like_template(text)))
    }
}

fn standard_input(name: &str) -> Result<String, Problem> {
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(4);
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| Problem::of_file(name, format!("cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|_| Problem::of_file(name, "is not text in UTF-8, so no template"))
}

/// A pipe that nobody writes to would be waited for; what a shell has opened already is read.
fn refuse_special(path: &Path, name: &str) -> Result<(), Problem> {
    let is_open = ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|it| path.starts_with(it));
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() && !is_open => {
            let message = "is no file but a pipe, a socket or a device: give its text to standard input, and - as the name";
            Err(Problem::of_file(name, message))
        }
        _ => Ok(()),
    }
}
