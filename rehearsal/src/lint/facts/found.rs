//! Where scripts stand in a template: user data, the metadata of cfn-init, and what Systems Manager runs.

use std::collections::HashSet;

use super::scripts::with_inner;
use super::{Facts, Script, ScriptKind};
use crate::lint::build::{text, texts};
use crate::lint::kinds::{GROUP, INIT, INSTANCE};
use crate::lint::text::Text;
use crate::lint::windows::{self, Language};
use crate::lint::{documents, user_data};
use crate::template::node::Node;

impl Facts<'_> {
    pub(super) fn all_scripts(&self) -> Vec<Script> {
        let mut runners: Vec<Vec<usize>> = vec![Vec::new(); self.resources.len()];
        for (index, resource) in self.resources.iter().enumerate() {
            if let Some(runner) = self.launched_from(resource).and_then(|owner| runners.get_mut(owner)) {
                runner.push(index);
            }
        }
        let mut scripts = Vec::new();
        let files = self.written_files();
        for (owner, runs_on) in runners.iter().enumerate() {
            if let Some(node) = self.launch_property(owner, "UserData") {
                for user_data in texts(&self.source, node) {
                    for part in user_data::parts(&user_data) {
                        let script = Script::new(owner, runs_on.clone(), part, &user_data, &files);
                        with_inner(script, &files, &mut scripts);
                    }
                }
            }
            let language = self.init_language(owner, &scripts);
            self.init_commands(owner, runs_on, language, &files, &mut scripts);
            let documents = self.at(owner).map(|it| (it, documents::scripts(&self.source, it)));
            if let Some((resource, texts)) = documents.filter(|(_, texts)| !texts.is_empty()) {
                let machines = documents::machines(self, resource);
                let runs_on: Vec<usize> =
                    machines.iter().filter_map(|id| self.by_id.get(id.as_str()).copied()).collect();
                let script = |(language, text)| {
                    Script::parsed(owner, runs_on.clone(), ScriptKind::Inner, language, text, &files)
                };
                texts.into_iter().map(script).for_each(|script| with_inner(script, &files, &mut scripts));
            }
        }
        scripts
    }

    /// A resource of another kind than a machine holds metadata for whoever asks for it.
    fn init_runners(&self, owner: usize, runs_on: &[usize]) -> Vec<usize> {
        match self.at(owner).map(|resource| resource.kind) {
            Some(INSTANCE | GROUP) => vec![owner],
            _ => runs_on.to_vec(),
        }
    }

    /// The names, in small letters, of the files that cfn-init writes and the template shows.
    fn written_files(&self) -> HashSet<String> {
        let inits = self.resources.iter().filter_map(|it| it.attribute("Metadata")?.get(INIT));
        inits
            .flat_map(Node::entries)
            .flat_map(|config| config.value.get("files").map(Node::entries).unwrap_or_default())
            .filter(|file| file.value.get("content").is_some())
            .filter_map(|file| Some(file.key.rsplit(['/', '\\']).next()?.to_ascii_lowercase()))
            .collect()
    }

    /// What reads the commands of cfn-init's metadata: cmd, where the machine has user data for Windows, or where they say so.
    fn init_language(&self, owner: usize, scripts: &[Script]) -> Language {
        let launched = self.at(owner).and_then(|resource| self.launched_from(resource));
        let owners = [Some(owner), launched];
        let mut own = scripts.iter().filter(|it| owners.contains(&Some(it.owner))).peekable();
        if own.peek().is_some() {
            let is_windows = own.any(|script| script.kind == ScriptKind::Windows);
            return if is_windows { Language::Batch } else { Language::Shell };
        }
        let init = self.at(owner).and_then(|resource| resource.attribute("Metadata")?.get(INIT));
        let configs = init.map(Node::entries).unwrap_or_default().iter();
        let mut commands = configs
            .flat_map(|config| config.value.get("commands").map(Node::entries).unwrap_or_default())
            .filter_map(|command| command.value.get("command"));
        let names_windows = |command: &Node| {
            let lower = text(&self.source, command).text.to_ascii_lowercase();
            lower.contains("powershell.exe") || lower.contains("cfn-signal.exe")
        };
        if commands.any(names_windows) { Language::Batch } else { Language::Shell }
    }

    fn init_commands(
        &self,
        owner: usize,
        runs_on: &[usize],
        language: Language,
        files: &HashSet<String>,
        scripts: &mut Vec<Script>,
    ) {
        let init = self.at(owner).and_then(|resource| resource.attribute("Metadata")?.get(INIT));
        let configs = init.map(Node::entries).unwrap_or_default();
        let commands: Vec<Text> = configs
            .iter()
            .flat_map(|config| config.value.get("commands").map(Node::entries).unwrap_or_default())
            .filter_map(|command| Some(self.init_command(command.value.get("command")?, language)))
            .collect();
        for config in configs {
            for command in config.value.get("commands").map(Node::entries).unwrap_or_default() {
                let Some(command) = command.value.get("command") else { continue };
                let runs_on = self.init_runners(owner, runs_on);
                let text = self.init_command(command, language);
                with_inner(
                    Script::parsed(owner, runs_on, ScriptKind::Init, language, text, files),
                    files,
                    scripts,
                );
            }
            for file in config.value.get("files").map(Node::entries).unwrap_or_default() {
                let Some(content) = file.value.get("content") else { continue };
                let content = text(&self.source, content);
                let is_run = || commands.iter().any(|it| user_data::is_run_by_shell(it, &file.key));
                if user_data::is_shell_script(&content.text) || (language == Language::Shell && is_run()) {
                    let runs_on = self.init_runners(owner, runs_on);
                    scripts.push(Script::parsed(
                        owner,
                        runs_on,
                        ScriptKind::Inner,
                        Language::Shell,
                        content,
                        files,
                    ));
                } else if let Some(language) = windows::file_language(&file.key) {
                    let runs_on = self.init_runners(owner, runs_on);
                    let script =
                        Script::parsed(owner, runs_on, ScriptKind::Windows, language, content, files);
                    with_inner(script, files, scripts);
                }
            }
        }
    }

    /// A command of cfn-init as the line that runs it: a list is its words, each as it is.
    fn init_command(&self, command: &Node, language: Language) -> Text {
        let Some(words) = command.items() else { return text(&self.source, command) };
        let mut line = Text::default();
        for word in words {
            let word = text(&self.source, word);
            let is_plain = !word.text.is_empty() && !word.text.contains([' ', '\t', '"']);
            match language {
                Language::Shell => line.push_word(&word),
                _ if is_plain || word.text.contains('"') => {
                    line.append(&word);
                    line.push_made_up(" ");
                }
                _ => {
                    line.push_made_up("\"");
                    line.append(&word);
                    line.push_made_up("\" ");
                }
            }
        }
        line
    }
}
