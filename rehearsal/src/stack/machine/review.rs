//! A stack that is looked at before it is made, and an update that is looked at before it begins: what change sets are for.

use super::Machine;
use crate::mention::mention;
use crate::model;
use crate::moment::Moment;
use crate::stack::UpdateError;
use crate::stack::changes::{Change, Difference, change, differences};
use crate::stack::preview::{Action, Preview, Replacement};
use crate::stack::slots::Resources;
use crate::stack::types::{OnFailure, Reaction, Status};

impl Machine {
    /// A stack that somebody is to look at first. Nothing of it is made until [`Self::execute`].
    pub fn review(&mut self, now: Moment) -> Reaction {
        if self.phase().is_none() {
            self.set_stack(Status::ReviewInProgress, Some("User Initiated".to_owned()), now);
        }
        self.hand_out()
    }

    /// Somebody has looked at it: it is made as `stack` says, whatever it was planned as before.
    ///
    /// # Errors
    ///
    /// It is not waiting for that.
    pub fn execute(
        &mut self,
        stack: model::Stack,
        token: Option<String>,
        on_failure: OnFailure,
        drops_new: bool,
        now: Moment,
    ) -> Result<Reaction, UpdateError> {
        let status = self.phase().ok_or_else(|| UpdateError::NotBegun { stack_name: self.name.clone() })?;
        if status != Status::ReviewInProgress {
            return Err(UpdateError::StackState { stack_id: self.id.clone(), status });
        }
        self.resources = Resources::new(stack.resources);
        self.extras.current = stack.extras;
        self.token = token;
        self.on_failure = on_failure;
        self.failing.drops_new = drops_new;
        self.refusal = self.objection.take();
        Ok(self.start(now))
    }

    /// What an update to `stack` would do, or, where it `creates`, the creation of what is there to be looked at: what is
    /// made, changed and deleted, by logical id.
    ///
    /// # Errors
    ///
    /// The refusal of the update.
    pub fn preview(&self, stack: &model::Stack, creates: bool) -> Result<Vec<Preview>, UpdateError> {
        let exists = !creates;
        if exists {
            // Whether what fails is to be left as it is, is said when it is executed.
            self.check_update(stack, true)?;
        }
        let mut previews = Vec::new();
        let mut replaced: Vec<(&str, String)> = Vec::new();
        for new in &stack.resources {
            let Some(old) = self.resources.named(&new.logical_id).filter(|_| exists) else {
                previews.push(Preview::of(new, Action::Add));
                continue;
            };
            let empty = old.members.is_empty();
            let causes: Vec<_> = replaced
                .iter()
                .flat_map(|(id, mention)| {
                    let mentions = new.properties.iter().filter(move |(_, text)| text.contains(mention));
                    mentions.map(move |(name, _)| Difference::following(new, name, id))
                })
                .collect();
            let (sure, mut details) = (change(&old.model, new, empty), differences(&old.model, new));
            if sure == Change::None && causes.is_empty() {
                continue;
            }
            details.extend(causes);
            let replacement = match sure {
                Change::Replacement => Replacement::True,
                _ if details.iter().any(Difference::may_replace) => Replacement::Conditional,
                _ => Replacement::False,
            };
            if replacement != Replacement::False {
                replaced.push((&new.logical_id, mention(&new.logical_id, &old.model.physical_id)));
            }
            let physical_id = old.physical_id().map(str::to_owned);
            previews.push(Preview {
                physical_id,
                replacement: Some(replacement),
                details,
                ..Preview::of(new, Action::Modify)
            });
        }
        let stays = |id: &str| stack.resources.iter().any(|it| it.logical_id == id);
        for old in self.resources.iter().filter(|it| exists && !stays(&it.model.logical_id)) {
            let physical_id = old.physical_id().map(str::to_owned);
            previews.push(Preview { physical_id, ..Preview::of(&old.model, Action::Remove) });
        }
        previews.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
        Ok(previews)
    }
}
