//! Scripts, from the text of user data and of metadata.

use std::collections::HashSet;

use super::{Script, ScriptKind};
use crate::lint::inner;
use crate::lint::shell::{self, Command, Parsed, Statement};
use crate::lint::signal::{Signal, signals};
use crate::lint::text::Text;
use crate::lint::user_data::Part;
use crate::lint::windows::{self, Language};

/// A script, and those inside it.
pub(super) fn with_inner(script: Script, files: &HashSet<String>, scripts: &mut Vec<Script>) {
    let parsed = |kind, language, text| {
        Script::parsed(script.owner, script.runs_on.clone(), kind, language, text, files)
    };
    // What a command of cfn-init hands to another program of Windows is a command of cfn-init.
    let kind = if script.kind == ScriptKind::Init { ScriptKind::Init } else { ScriptKind::Inner };
    let inner: Vec<Script> = match script.language {
        Language::Shell => inner::scripts(&script.text, &script.block)
            .into_iter()
            .map(|text| parsed(ScriptKind::Inner, Language::Shell, text))
            .collect(),
        language => windows::inner(&script.text, language, &script.windows)
            .into_iter()
            .map(|(language, text)| parsed(kind, language, text))
            .collect(),
    };
    scripts.push(script);
    scripts.extend(inner);
}

impl Script {
    /// The signal that a command of the script is.
    pub(in crate::lint) fn signal(&self, command: &Command) -> Option<&Signal> {
        let last = command.words.last()?;
        let mut own = self.signals.iter().filter(|signal| !signal.is_trap);
        own.find(|signal| signal.words.last().is_some_and(|word| word.range == last.range))
    }

    pub(super) fn new(
        owner: usize,
        runs_on: Vec<usize>,
        part: Part,
        whole: &Text,
        files: &HashSet<String>,
    ) -> Self {
        let unparsed = |kind, text: &Text, runs_on| Self {
            owner,
            runs_on,
            kind,
            language: Language::Shell,
            text: text.clone(),
            block: Vec::new(),
            windows: Vec::new(),
            is_user_data: true,
            hides: true,
            comments: Vec::new(),
            signals: Vec::new(),
            shape: 0,
        };
        let parsed = |kind, text, runs_on| Self::parsed(owner, runs_on, kind, Language::Shell, text, files);
        match part {
            Part::Shell(text) => parsed(ScriptKind::Shell, text, runs_on),
            Part::Commands(text) => parsed(ScriptKind::CloudConfig, text, runs_on),
            Part::Replaced(text) => parsed(ScriptKind::Replaced, text, runs_on),
            Part::File(text) => parsed(ScriptKind::Inner, text, runs_on),
            Part::Windows(language, text) => {
                let script = Self::parsed(owner, runs_on, ScriptKind::Windows, language, text, files);
                Self { is_user_data: true, ..script }
            }
            Part::Opaque => unparsed(ScriptKind::Opaque, whole, runs_on),
            Part::Ignored(text) => unparsed(ScriptKind::Ignored, &text, runs_on),
        }
    }

    pub(super) fn parsed(
        owner: usize,
        runs_on: Vec<usize>,
        kind: ScriptKind,
        language: Language,
        text: Text,
        files: &HashSet<String>,
    ) -> Self {
        let mut parsed = windows::parse(&text, language);
        let Parsed { block, comments } = match language {
            Language::Shell => shell::parse(&text).unwrap_or_default(),
            _ => Parsed {
                block: windows::commands(&parsed.block).map(Statement::of).collect(),
                comments: std::mem::take(&mut parsed.comments),
            },
        };
        let signals = signals(&text, language, &block);
        let hides = windows::hides(language, &text, &parsed.block, files);
        let windows = parsed.block;
        Self {
            owner,
            runs_on,
            kind,
            language,
            text,
            block,
            windows,
            is_user_data: false,
            hides,
            comments,
            signals,
            shape: 0,
        }
    }
}
