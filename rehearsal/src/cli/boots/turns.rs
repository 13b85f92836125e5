//! Instances have their turn, and boot.

use std::sync::Arc;

use cfn_signal_core::causes;

use super::{Boots, Equipment, Place};
use crate::account::{Deployed, Instance};
use crate::cli::enclosed::Boxes;
use crate::happening::Launch;
use crate::report::Console;
use crate::run::user_data::UserData;
use crate::run::{Boot, Initialisation, Scratch, ScratchError, StartError, Surroundings, start};

/// An instance that has yet to boot.
pub(super) struct Turn {
    pub(super) instance: Instance,
    pub(super) parts: UserData,
    pub(super) stack: Arc<Deployed>,
}

impl Boots {
    /// Starts what has its turn.
    pub(in crate::cli) async fn start(
        &mut self,
        place: &Place<'_>,
        console: &mut Console,
    ) -> Result<(), ScratchError> {
        self.end_terminated(console);
        // What is over gives its directory back, once nothing is armed there. Its stubs' calls are shown by now.
        self.running.retain(|boot| boot.ended.is_none() || boot.runs() || boot.is_armed());
        while !self.waiting.is_empty()
            && self.running.iter().filter(|it| it.ended.is_none()).count() < self.equipment.parallel
        {
            let Some(turn) = self.waiting.pop_front() else { return Ok(()) };
            match self.boot(&turn, place, console).await {
                // What cannot be run now ends nothing that others wait for.
                Err(error) if self.equipment.lasts => {
                    let label = self.booted(&turn.instance.instance_id).map(|it| it.label.as_str());
                    console.warn(&format!(
                        "{}: does not boot: {}",
                        label.unwrap_or_default(),
                        causes::line(&error)
                    ));
                }
                result => result?,
            }
        }
        self.tell_of_turns(console);
        Ok(())
    }

    /// On a clock that goes on meanwhile, a turn that is late may cost a stack its signals.
    fn tell_of_turns(&mut self, console: &mut Console) {
        let (waiting, parallel) = (self.waiting.len(), self.equipment.parallel);
        if waiting > 0 && !self.told_of_turns && self.equipment.lasts {
            console.warn(&format!(
                "{waiting} instance(s) wait for their turn: {parallel} scripts run at a time (--parallel)"
            ));
        }
        self.told_of_turns = waiting > 0;
    }

    async fn boot(
        &mut self,
        turn: &Turn,
        place: &Place<'_>,
        console: &mut Console,
    ) -> Result<(), ScratchError> {
        let Turn { instance, parts, stack } = turn;
        if let Some(boxes) = self.equipment.boxes.clone() {
            return self.boot_in_box(turn, place, console, &boxes).await;
        }
        let launch =
            Launch { logical_id: instance.logical_id.clone(), instance_id: instance.instance_id.clone() };
        let known = self.booted(&instance.instance_id);
        let label = known.map_or(instance.logical_id.clone(), |it| it.label.clone());
        let Some(metadata) = instance.metadata else {
            console.warn(&format!("{label}: no port is left for its metadata, so it does not boot"));
            return Ok(());
        };
        let init = self.equipment.init.then(|| stack.init());
        let Equipment { signal_command, stubs, runtime, .. } = &self.equipment;
        let scratch = Scratch::create(signal_command, stubs, init.is_some(), runtime.as_ref())?;
        if let Some(booted) = self.known.get_mut(&instance.instance_id) {
            booted.directory = Some(scratch.directory().to_owned());
        }
        let mut stubs: Vec<_> = scratch
            .stubs
            .iter()
            .filter(|stub| parts.mentions(&stub.name))
            .map(|stub| format!("{} is stubbed and exits with {}", stub.name, stub.exit))
            .collect();
        let is_stub = scratch.stubs.iter().any(|stub| stub.name == "cfn-init");
        if init.is_some() && !is_stub && parts.mentions("cfn-init") {
            stubs.push("cfn-init runs the commands of the metadata (--init run)".to_owned());
        }
        let stubbed = if stubs.is_empty() { String::new() } else { format!("; {}", stubs.join(", ")) };
        let several = match parts.names().as_slice() {
            [_] => String::new(),
            names => format!(", part by part: {}", names.join(", ")),
        };
        let called = if label.ends_with(&instance.instance_id) {
            String::new()
        } else {
            format!(" as {}", instance.instance_id)
        };
        console.chat(&format!("{label}: runs its user data{called}{several}{stubbed}"));
        let init = init.as_ref().map(|metadata| Initialisation { stack: &stack.name, metadata });
        let Place { region, endpoint, secrets, .. } = *place;
        let around = Surroundings { region, endpoint, metadata, secrets, init };
        let started = start(&launch, parts, scratch, &around, self.sender.clone()).await;
        self.started(turn, &label, started, console)
    }

    async fn boot_in_box(
        &mut self,
        turn: &Turn,
        place: &Place<'_>,
        console: &mut Console,
        boxes: &Boxes,
    ) -> Result<(), ScratchError> {
        let Turn { instance, parts, .. } = turn;
        let launch =
            Launch { logical_id: instance.logical_id.clone(), instance_id: instance.instance_id.clone() };
        let known = self.booted(&instance.instance_id);
        let label = known.map_or(instance.logical_id.clone(), |it| it.label.clone());
        let by = if boxes.systemd { ", by the image's systemd" } else { "" };
        let what = match parts.names().as_slice() {
            _ if self.equipment.cloud_init && boxes.systemd => {
                "boots in its box, by the image's systemd and cloud-init".to_owned()
            }
            _ if self.equipment.cloud_init => "boots in its box, by the image's cloud-init".to_owned(),
            [] | [_] => format!("boots in its box{by}"),
            names => format!("boots in its box{by}, part by part: {}", names.join(", ")),
        };
        let called = if label.ends_with(&instance.instance_id) {
            String::new()
        } else {
            format!(" as {}", instance.instance_id)
        };
        console.chat(&format!("{label}: {what}{called}"));
        let started = self.enclose(turn, &launch, place, boxes).await;
        self.started(turn, &label, started, console)
    }

    /// What was started runs, or it is said why it does not.
    fn started(
        &mut self,
        turn: &Turn,
        label: &str,
        started: Result<Boot, StartError>,
        console: &mut Console,
    ) -> Result<(), ScratchError> {
        match started {
            Ok(boot) => {
                self.any_started = true;
                self.running.push(boot);
            }
            Err(StartError::Machine(error)) => return Err(error),
            Err(StartError::Script(error)) => {
                self.not_started(&turn.instance.instance_id, "it", &error.to_string());
                let line = turn.parts.first_line();
                // The script itself was put there a moment ago.
                let lacks = error.kind() == std::io::ErrorKind::NotFound && line.starts_with("#!");
                let lacks = if lacks { ", and that is not there" } else { "" };
                console.warn(&format!(
                    "{label}: the user data could not be started ({error}); its first line is {line}{lacks}"
                ));
            }
        }
        Ok(())
    }
}
