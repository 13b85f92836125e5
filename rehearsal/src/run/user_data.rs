//! What cloud-init makes of user data: parts by their content type, and the order in which they run.
//!
//! Sources: <https://docs.cloud-init.io/en/latest/explanation/format.html>,
//! <https://docs.cloud-init.io/en/latest/explanation/boot.html>

mod archive;
mod cloud_config;
mod files;
mod gzip;
pub(crate) mod kind;
pub(crate) mod mime;
mod not_run;
mod script;
mod yaml;

use std::mem;

pub use self::not_run::NotRun;
use self::{cloud_config::CloudConfig, kind::Kind};
pub(super) use self::{
    files::{WrittenFile, absolute},
    script::{Folder, Script},
};
use crate::yaml::{Budget, Size};

#[cfg(test)]
mod tests;

/// Parts of all formats together; more is no user data of anybody.
const MAX_PARTS: usize = 1000;
/// More than user data of the greatest size holds; reached by aliases of aliases only.
const MAX_VALUES: usize = 100_000;

/// User data taken apart: what runs, in the order of an instance's first boot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserData {
    pub(super) steps: Vec<Step>,
    notes: Vec<String>,
}

/// One thing after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `write_files`.
    Files(Vec<WrittenFile>),
    Script(Script),
}

impl UserData {
    /// What of it is not rehearsed, and what cloud-init would not take; a line each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Those of them that tell of a list of commands or files that another took the place of.
    pub fn replaced(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().map(String::as_str).filter(|note| note.contains(cloud_config::LOST))
    }

    /// What runs, in its order, by the names that cloud-init gives it.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.scripts().map(|script| script.name.as_str()).collect()
    }

    /// What the first script names as its interpreter.
    #[must_use]
    pub fn first_line(&self) -> String {
        let text = self.scripts().next().map(|script| script.text.as_slice()).unwrap_or_default();
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    }

    /// Whether anything that runs has this word in it.
    #[must_use]
    pub fn mentions(&self, word: &str) -> bool {
        let word = word.as_bytes();
        let has = |text: &[u8]| text.windows(word.len().max(1)).any(|window| window == word);
        self.steps.iter().any(|step| match step {
            Step::Files(files) => files.iter().any(|file| has(&file.content)),
            Step::Script(script) => has(&script.text),
        })
    }

    fn scripts(&self) -> impl Iterator<Item = &Script> {
        self.steps.iter().filter_map(|step| match step {
            Step::Script(script) => Some(script),
            Step::Files(_) => None,
        })
    }
}

/// A part before it is known what to do with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    /// Lower case; none where the format has no such thing.
    content_type: Option<String>,
    file_name: Option<String>,
    /// How cloud-config is merged, from the part's headers.
    merge_type: Option<String>,
    content: Vec<u8>,
}

/// Takes user data apart.
///
/// # Errors
///
/// [`NotRun`] where nothing in it runs: alone, or with [`UserData::notes`] that say why.
pub fn read(user_data: &[u8]) -> Result<UserData, (NotRun, Vec<String>)> {
    let plain = gzip::decompressed(user_data).map_err(|_| (NotRun::Compressed, Vec::new()))?;
    if let Some(not_run) = hopeless(&plain) {
        return Err((not_run, Vec::new()));
    }
    let mut sorted = Sorted::new();
    if mime::is_message(&plain) {
        let parts = mime::parts(&plain).map_err(|_| (NotRun::Mime, Vec::new()))?;
        parts.into_iter().for_each(|part| sorted.take(part));
    } else {
        sorted.take(Part { content: plain.into_owned(), ..Part::default() });
    }
    let user_data = sorted.in_order();
    if user_data.scripts().next().is_none() {
        return Err((NotRun::Nothing, user_data.notes));
    }
    Ok(user_data)
}

/// Whether a note is of where files are in place of where an instance has them.
#[must_use]
pub fn is_of_scratch(note: &str) -> bool {
    note.contains(cloud_config::SCRATCH)
}

/// Why a whole cannot be anything that runs.
fn hopeless(user_data: &[u8]) -> Option<NotRun> {
    let text = user_data.trim_ascii_start();
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()));
    if text.is_empty() {
        Some(NotRun::Missing)
    } else if text.starts_with(b"#!") && text.len() < user_data.len() && !mime::is_message(user_data) {
        Some(NotRun::BlankBeforeShebang)
    } else if begins("<powershell>") || begins("<script>") {
        Some(NotRun::Windows)
    } else if mime::is_message(user_data) || kind::of(user_data).is_some() {
        None
    } else if begins("content-type:") {
        Some(NotRun::NoMimeVersion)
    } else {
        Some(NotRun::NoShebang)
    }
}

/// The parts by what is done with them.
struct Sorted {
    /// For all parts together, whatever they hold compressed.
    budget: Budget,
    count: usize,
    in_archive: bool,
    boothooks: Vec<Script>,
    config: CloudConfig,
    scripts: Vec<Script>,
    notes: Vec<String>,
}

impl Sorted {
    fn new() -> Self {
        Self {
            budget: Budget::new(MAX_VALUES),
            count: 0,
            in_archive: false,
            boothooks: Vec::new(),
            config: CloudConfig::default(),
            scripts: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn take(&mut self, part: Part) {
        self.count += 1;
        if self.count > MAX_PARTS {
            if self.count == MAX_PARTS + 1 {
                self.notes.push(format!("more than {MAX_PARTS} parts: the rest is not rehearsed"));
            }
            return;
        }
        let Part { content_type, file_name, merge_type, content } = part;
        let name = file_name
            .map(|name| clean(&name))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| format!("part-{:03}", self.count));
        let (kind, content) = match kind::of_part(content_type.as_deref(), content) {
            Ok(known) => known,
            Err(told) => return self.notes.push(format!("{name}: {told}")),
        };
        if let Err(excess) = self.budget.spend(Size::text(content.len()), 0) {
            return self.notes.push(format!("{name}: {excess}; it is not rehearsed"));
        }
        match kind {
            Kind::Script(frequency) => {
                let folder = Folder::Scripts(frequency);
                let script = Script { name, folder, text: kind::unix_lines(content) };
                if !script.text.starts_with(b"#!") {
                    let name = &script.name;
                    self.notes.push(format!(
                        "{name}: does not begin with #!, so an instance fails to run it (exec format error)"
                    ));
                }
                self.add(script);
            }
            Kind::Boothook => {
                let text = kind::unix_lines(content);
                let text = kind::without_prefix(&text, "#cloud-boothook").trim_ascii_start().to_vec();
                self.boothooks.push(Script { name, folder: Folder::Boothooks, text });
            }
            Kind::CloudConfig => {
                let how = merge_type.as_deref();
                self.config.merge(&name, how, &content, &mut self.budget, &mut self.notes);
            }
            Kind::Archive if self.in_archive => {
                self.notes.push(format!("{name}: cloud-init takes no archive inside another"));
            }
            Kind::Archive => match archive::parts(&content, &mut self.budget) {
                Ok(parts) => {
                    self.count -= 1;
                    self.in_archive = true;
                    parts.into_iter().for_each(|part| self.take(part));
                    self.in_archive = false;
                }
                Err(problem) => self.notes.push(format!("{name}: {problem}; cloud-init takes none of it")),
            },
            Kind::Other(what) => self.notes.push(format!("{name}: {what} is not rehearsed")),
        }
    }

    /// Those of one frequency share a folder: the last of a name is there.
    fn add(&mut self, script: Script) {
        self.scripts.retain(|other| (other.folder, &other.name) != (script.folder, &script.name));
        self.scripts.push(script);
    }

    /// Boothooks as they come, then the modules of cloud-init: `bootcmd`, `write_files`, and in the end the scripts,
    /// `runcmd` being one of them, by name.
    fn in_order(mut self) -> UserData {
        let ran = mem::take(&mut self.config).finish(&mut self.budget, &mut self.notes);
        if let Some(runcmd) = ran.runcmd {
            self.add(runcmd);
        }
        let Self { boothooks, mut scripts, notes, .. } = self;
        let mut steps: Vec<Step> = boothooks.into_iter().map(Step::Script).collect();
        steps.extend(ran.bootcmd.map(Step::Script));
        if !ran.files.is_empty() {
            steps.push(Step::Files(ran.files));
        }
        scripts.sort_by(|one, other| (one.folder, &one.name).cmp(&(other.folder, &other.name)));
        steps.extend(scripts.into_iter().map(Step::Script));
        UserData { steps, notes }
    }
}

/// A file name as cloud-init takes it.
fn clean(name: &str) -> String {
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || "_-.()".contains(*letter);
    let name: String = name.replace('/', "_").chars().filter(allowed).collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}
