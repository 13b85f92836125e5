//! What happens, as it is shown and recorded.

use std::sync::Arc;

use cfn_signal_core::causes;
use tokio::time::Instant;

use super::{Drive, REFRESH};
use crate::cli::boots::Boots;
use crate::cli::told;
use crate::happening::{Happening, Launch, News};
use crate::run::{Boot, BootEvent, Ended, PartResult};
use crate::stack::Waiting;
use crate::template::TemplateError;

impl Drive {
    /// What lines call an instance, what it is, and its stack's name.
    fn named(&self, instance_id: &str) -> (String, Launch, String) {
        let booted = self.boots.as_ref().and_then(|boots| boots.booted(instance_id));
        booted.map(|it| (it.label.clone(), it.launch.clone(), it.stack.clone())).unwrap_or_else(|| {
            let launch = Launch { logical_id: String::new(), instance_id: instance_id.to_owned() };
            let stack = self.rehearsal.principal.as_ref().map(|it| it.deployed.name.clone());
            (instance_id.to_owned(), launch, stack.unwrap_or_default())
        })
    }

    /// What the stacks wait for; with the stack's name before each where there are several.
    fn waiting(&mut self) -> Vec<Waiting> {
        let now = self.rehearsal.account.clock.now();
        let account = &self.rehearsal.account;
        let several = account.count() > 1;
        let stacks = account.timed();
        // What has waited, or may have, is looked at until all of it has ended: not every stack there is.
        let watched: Vec<_> = self.watched.iter().filter_map(|name| account.find(name)).collect();
        self.watched.retain(|name| watched.iter().any(|it| *it.name == **name));
        let others = watched.iter().filter(|it| !stacks.iter().any(|timed| timed.id == it.id));
        let mut all = Vec::new();
        for stack in stacks.iter().chain(others) {
            let mut waiting = stack.engine.waiting();
            if !self.rehearsal.reporter.waiting(&stack.name, &waiting, now) {
                self.watched.remove(stack.name.as_str());
            }
            let is_below =
                self.rehearsal.principal.as_ref().is_some_and(|it| it.deployed.id == stack.root_id());
            for it in &mut waiting {
                if is_below {
                    it.logical_id = stack.below(&it.logical_id);
                } else if several {
                    it.logical_id = format!("{}/{}", stack.name, it.logical_id);
                }
            }
            all.extend(waiting);
        }
        all
    }

    /// Recorded each time, for a virtual clock passes over a wait in no time; shown not after each of a thousand signals.
    pub(super) fn show_waiting(&mut self) {
        let all = self.waiting();
        if self.waiting_shown.is_none_or(|shown| shown.elapsed() >= REFRESH) {
            self.waiting_shown = Some(Instant::now());
            self.console.waiting(&all, self.rehearsal.account.clock.now());
        }
    }

    /// All of it: nobody adds to it meanwhile, for all of them share this thread.
    pub(super) fn show_what_is_there(&mut self) {
        while let Ok(news) = self.rehearsal.news.try_recv() {
            self.show(news);
        }
        while let Some(event) = self.boots.as_mut().and_then(Boots::told) {
            self.show_boot(event);
        }
        self.show_calls();
    }

    /// What stubs were called for comes before what follows from it.
    fn show_calls(&mut self) {
        let Some(boots) = &mut self.boots else { return };
        let calls = boots.new_calls();
        let now = self.rehearsal.account.clock.now();
        for (instance_id, call) in calls {
            let (label, launch, stack) = self.named(&instance_id);
            self.heard(&instance_id, &call, true);
            self.console.output(&label, &call, true);
            self.rehearsal.reporter.output(&stack, &launch, &call, true, now);
        }
    }

    fn heard(&mut self, instance_id: &str, line: &str, stub: bool) {
        if let Some(boots) = &mut self.boots {
            boots.heard(instance_id, line, stub);
        }
    }

    pub(super) fn show(&mut self, news: News) {
        self.show_calls();
        if self.shown.as_ref() != Some(&news.stack) {
            self.console.expect(None);
            self.console.note(&format!("stack {}:", news.stack));
            self.shown = Some(Arc::clone(&news.stack));
        }
        self.watched.insert(Arc::clone(&news.stack));
        let now = self.rehearsal.account.clock.now();
        self.rehearsal.reporter.happened(&news.stack, &news.happening, now);
        match news.happening {
            Happening::Event(event) => {
                self.console.fit(std::iter::once(event.resource_type.as_str()));
                self.console.event(&event);
            }
            Happening::Signal(signal) => {
                if let Some(line) = told::idle(&signal) {
                    self.console.warn(&line);
                }
            }
            Happening::Launched(launch) => {
                if let Some(not_run) = self.launched(&news.stack, &launch) {
                    self.rehearsal.reporter.not_run(&news.stack, &launch, &not_run, now);
                }
            }
            Happening::Terminated(launch) => {
                if let Some(boots) = &mut self.boots {
                    boots.terminated(&launch);
                }
            }
            Happening::Scaled(scaled) => match told::scaled(&scaled) {
                Ok(line) => self.console.note(&line),
                Err(line) => self.console.warn(&line),
            },
            Happening::Document(_) | Happening::Capacity(_) => {}
            Happening::Note(note) => self.console.warn(&note.text),
            Happening::Fault(fault) => self.console.warn(&format!("! {}: {}", fault.request, fault.fault)),
        }
    }

    /// An instance boots, unless there is a reason that it does not.
    fn launched(&mut self, stack: &str, launch: &Launch) -> Option<String> {
        let boots = self.boots.as_mut()?;
        let stack = match boots.lasts() {
            true => self.rehearsal.account.find(stack),
            false => self.rehearsal.rehearsed(stack),
        }?;
        let runs = boots.boots(&launch.logical_id) && !stack.leaves(&launch.logical_id);
        let unknown = stack.unknown_user_data(&launch.logical_id).filter(|_| runs);
        if let Some(error) = unknown {
            let why = causes::line(&error);
            if boots.lasts() {
                let name = format!("{}/{}", stack.name, launch.logical_id);
                let line = match &error {
                    TemplateError::Invalid { .. } => format!("{name}: its user data is not run: {why}"),
                    _ => format!("{name}: its user data is not run, for not all of it is known. {why}"),
                };
                self.console.warn(&line);
            } else {
                self.unknown.get_or_insert(error);
            }
            return Some(why);
        }
        let instance = stack.instance(&launch.instance_id)?;
        boots.launched(instance, &stack, &mut self.console).map(|not_run| not_run.to_string())
    }

    pub(super) fn show_boot(&mut self, event: BootEvent) {
        self.show_calls();
        let now = self.rehearsal.account.clock.now();
        match event {
            BootEvent::Line { instance_id, text, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.heard(&instance_id, &text, false);
                self.console.output(&label, &text, false);
                self.rehearsal.reporter.output(&stack, &launch, &text, false, now);
            }
            BootEvent::Note { instance_id, text } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.console.warn(&format!("{label}: {text}"));
                self.rehearsal.reporter.output(&stack, &launch, &text, true, now);
            }
            BootEvent::Rebooted { instance_id } => {
                self.boots.iter_mut().for_each(|boots| boots.rebooted(&instance_id));
            }
            BootEvent::Part { instance_id, name, result, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                let text = match &result {
                    PartResult::Ended(ended) => format!("{name} {}", how(*ended)),
                    PartResult::NotStarted(why) => {
                        if let Some(boots) = &mut self.boots {
                            boots.not_started(&instance_id, &name, why);
                        }
                        format!("{name} could not be started ({why})")
                    }
                };
                let line = format!("{label}: {text}");
                if matches!(result, PartResult::Ended(Ended { code: Some(0), .. })) {
                    self.console.chat(&line);
                } else {
                    self.console.warn(&line);
                }
                self.rehearsal.reporter.output(&stack, &launch, &text, true, now);
            }
            BootEvent::Broken { instance_id, error } => {
                if self.lasts() {
                    let (label, ..) = self.named(&instance_id);
                    self.console.warn(&format!("{label}: {}", causes::line(&error)));
                    self.boots.iter_mut().for_each(|boots| boots.broken(&instance_id));
                } else {
                    self.broken = Some(error);
                }
            }
            BootEvent::Exited { instance_id, ended, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.rehearsal.reporter.exited(&stack, &launch, ended, now);
                let unnoticed = self.boots.as_ref().is_some_and(|boots| {
                    let alone = boots.booted(&instance_id).is_some_and(|it| !it.waits);
                    boots.lasts() && alone && ended.code != Some(0)
                });
                let unnoticed = if unnoticed { "; its stack does not wait for that" } else { "" };
                let text = format!("{label}: the user data {}{unnoticed}", how(ended));
                self.rehearsal.account.activity.stir();
                let Some(boot) = self.boots.as_mut().and_then(|boots| boots.ended(&instance_id, ended))
                else {
                    return;
                };
                let left_behind = Boot::runs(boot);
                if ended.code == Some(0) {
                    self.console.chat(&text);
                } else {
                    self.console.warn(&text);
                }
                if left_behind {
                    self.console.chat(&format!("{label}: what it left running can still signal"));
                }
            }
        }
    }
}

fn how(ended: Ended) -> String {
    let after = crate::moment::spoken(ended.after);
    match (ended.code, ended.signal) {
        (Some(code), _) => format!("exited with status {code} after {after}"),
        (None, signal) => format!("was ended by signal {} after {after}", signal.unwrap_or_default()),
    }
}
