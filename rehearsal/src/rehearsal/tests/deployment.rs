//! A deployment to a group, played with the options that a user has.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::ClockKind;
use crate::happening::Happening;
use crate::moment::Moment;
use crate::rehearsal::{Options, Rehearsal};
use crate::stack::{Capacity, Outcome, Signal};

/// How long an instance takes to signal.
const BOOT: Duration = Duration::from_secs(60);

/// A group as its template has it.
#[derive(Clone, Copy)]
pub(super) struct Template {
    pub(super) sizes: (u32, Option<u32>, u32),
    pub(super) kept: u32,
    pub(super) batch: u32,
    /// What its instances are launched with.
    pub(super) build: &'static str,
}

impl Template {
    fn text(self) -> String {
        let Self { sizes: (min, desired, max), kept, batch, build } = self;
        let desired = desired.map_or_else(String::new, |it| format!("      DesiredCapacity: '{it}'"));
        format!(
            "
Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{ImageId: ami-1, UserData: {{'Fn::Base64': '{build}'}}}}}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy:
      AutoScalingRollingUpdate:
        {{MaxBatchSize: {batch}, MinInstancesInService: {kept}, PauseTime: PT5M, WaitOnResourceSignals: true}}
    Properties:
      MinSize: '{min}'
      MaxSize: '{max}'
{desired}
      AvailabilityZones: [eu-west-1a]
      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
"
        )
    }
}

/// What came of a deployment.
pub(super) struct Deployed {
    /// What was said of the group, with its instances called by their build and a number, in the order of their launch.
    pub(super) events: Vec<String>,
    /// The builds of those that run in the end.
    pub(super) builds: Vec<String>,
    /// The group's sizes in the end: the least, the desired, the most.
    pub(super) sizes: (u32, u32, u32),
    /// How large the group was meanwhile.
    pub(super) capacities: Vec<Capacity>,
}

/// Deploys `after` over `before`, to a group that `scaled` says was scaled, and that `scale` says is scaled meanwhile.
pub(super) fn deploy(before: Template, after: Template, scaled: &[&str], scale: &[&str]) -> Deployed {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, template: Template| {
            let path = folder.path().join(name);
            std::fs::write(&path, template.text()).unwrap();
            path
        };
        let options = Options {
            update_from: Some(write("before.yaml", before)),
            template: Some(write("after.yaml", after)),
            clock: ClockKind::Virtual,
            scaled: scaled.iter().map(|it| it.parse().unwrap()).collect(),
            scale: scale.iter().map(|it| it.parse().unwrap()).collect(),
            ..Options::default()
        };
        Deployment::new(Rehearsal::prepare(&options).unwrap()).play()
    })
}

struct Deployment {
    rehearsal: Rehearsal,
    /// What each instance is called.
    names: HashMap<String, String>,
    /// Those that have not signalled, and when they do.
    booting: Vec<(Moment, String)>,
    events: Vec<String>,
    capacities: Vec<Capacity>,
}

impl Deployment {
    fn new(rehearsal: Rehearsal) -> Self {
        let mut it = Self {
            rehearsal,
            names: HashMap::new(),
            booting: Vec::new(),
            events: Vec::new(),
            capacities: Vec::new(),
        };
        let running = it.rehearsal.principal.as_ref().unwrap().deployed.instances();
        running.iter().for_each(|instance| it.name(&instance.instance_id));
        it
    }

    fn play(mut self) -> Deployed {
        self.rehearsal.begin().unwrap();
        loop {
            self.read();
            if self.rehearsal.fate().is_some() {
                break;
            }
            let account = &self.rehearsal.account;
            let signals = self.booting.iter().map(|(at, _)| *at).min();
            let next = signals.into_iter().chain(account.deadline()).min().expect("it goes on");
            account.clock.jump_to(next);
            account.timer();
            self.signal();
        }
        let deployed = &self.rehearsal.principal.as_ref().unwrap().deployed;
        let mut builds: Vec<_> = deployed.instances().iter().map(|it| self.build(&it.instance_id)).collect();
        builds.sort();
        let sizes = deployed.engine.look(|machine, _| machine.sizes_of("Web")).unwrap();
        Deployed { events: self.events, builds, sizes, capacities: self.capacities }
    }

    fn read(&mut self) {
        while let Ok(news) = self.rehearsal.news.try_recv() {
            match news.happening {
                Happening::Launched(launch) => {
                    self.name(&launch.instance_id);
                    if self.build(&launch.instance_id) != "500" {
                        let at = self.rehearsal.account.clock.now().plus(BOOT);
                        self.booting.push((at, launch.instance_id));
                    }
                }
                Happening::Terminated(launch) => self.booting.retain(|(_, it)| *it != launch.instance_id),
                Happening::Event(event) if event.logical_id == "Web" => {
                    let reason = event.reason.map_or_else(String::new, |it| format!(": {it}"));
                    self.events.push(self.named(format!("{}{reason}", event.status)));
                }
                Happening::Capacity(capacity) => self.capacities.push(capacity),
                _ => {}
            }
        }
    }

    /// Those that have booted say that all is well, whether anybody waits for it or not.
    fn signal(&mut self) {
        self.read();
        let now = self.rehearsal.account.clock.now();
        let due: Vec<_> = self.booting.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, unique_id) in due {
            let signal = Signal { logical_id: "Web".to_owned(), unique_id, outcome: Outcome::Success };
            let _ = self.rehearsal.principal.as_ref().unwrap().deployed.engine.signal(&signal);
        }
    }

    fn name(&mut self, instance_id: &str) {
        let build = self.build(instance_id);
        let number = self.names.values().filter(|it| it.starts_with(&format!("{build}-"))).count() + 1;
        self.names.insert(instance_id.to_owned(), format!("{build}-{number}"));
    }

    /// What it was launched with.
    fn build(&self, instance_id: &str) -> String {
        let deployed = &self.rehearsal.principal.as_ref().unwrap().deployed;
        let user_data = deployed.instance(instance_id).unwrap().user_data.unwrap();
        String::from_utf8(user_data.to_vec()).unwrap()
    }

    fn named(&self, mut text: String) -> String {
        for (id, name) in &self.names {
            text = text.replace(id, name);
        }
        text
    }
}
