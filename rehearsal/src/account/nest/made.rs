//! What a nested stack is made from, and the stack, or its update, to be.

use super::super::asked::{Draft, Revision};
use super::super::version::Version;
use super::super::{Account, AccountError, Change, Creation, Deployed, Terms, refusal};
use crate::ids::stack_name_in;
use crate::shelf::{Found, Origin, ShelfError};
use crate::stack::OnFailure;
use crate::template::{NestedStack, Template, TemplateError};

/// Stacks within stacks: a template that names itself would have no end.
const DEEPEST: usize = 20;

/// What a nested stack is made from.
pub(in super::super) struct Made {
    pub(super) properties: NestedStack,
    pub(super) template: Template,
}

/// Why a nested stack is not made.
pub(in super::super) enum NotMade {
    /// Its template cannot be had: it counts as done.
    Unread(String),
    /// It fails, as it would there.
    Failed(String),
    /// Nobody here can say what would become of it.
    Unknown(TemplateError),
}

impl Account {
    /// Reads what a nested stack is made from.
    pub(super) fn made(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
    ) -> Result<Made, NotMade> {
        let depth = parent.lineage.as_ref().map_or(0, |lineage| lineage.path.len());
        if depth >= DEEPEST {
            return Err(NotMade::Failed(format!("stacks are nested more than {DEEPEST} levels deep")));
        }
        let planner = &parent.planner;
        let properties =
            planner.nested(&version.template, &version.parameters, logical_id).map_err(refused)?;
        let found = self.find_template(&properties, version.template.origin())?;
        let template = Template::found(&found).map_err(refused)?.with_unknown(properties.unknown.clone());
        // Leave that was given for its parent is its own.
        if let Some(reason) = refusal(&template, &version.capabilities) {
            return Err(NotMade::Failed(reason));
        }
        Ok(Made { properties, template })
    }

    pub(super) fn find_template(&self, properties: &NestedStack, origin: &Origin) -> Result<Found, NotMade> {
        if let Some(asset) = &properties.asset
            && let Ok(found) = self.shelf.find(asset, origin)
        {
            return Ok(found);
        }
        let Some(url) = &properties.url else {
            return Err(NotMade::Unread("only the real service knows its TemplateURL".to_owned()));
        };
        self.shelf.find(url, origin).map_err(|error| match error {
            ShelfError::TooLong { .. } | ShelfError::NotText { .. } => NotMade::Failed(error.to_string()),
            other => NotMade::Unread(other.to_string()),
        })
    }

    /// The stack that the resource `logical_id` of `parent` is to be, which is to have this ARN.
    pub(super) fn drafted(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        id: String,
        made: Made,
    ) -> Result<Draft, NotMade> {
        let creation = creation_below(parent, version, logical_id, &id, made);
        let given = creation.user_data.clone();
        let mut draft = self.draft_below(parent, logical_id, creation, id).map_err(not_made)?;
        given.check(&draft.planned).map_err(NotMade::Unknown)?;
        draft.windows = self.leave_windows_below(parent, logical_id, &mut draft.planned, &given);
        Ok(draft)
    }

    /// The same of a stack that cannot be made: something to look at, without anything in it.
    pub(super) fn drafted_blank(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        id: String,
        made: Made,
    ) -> Result<Draft, NotMade> {
        let creation = creation_below(parent, version, logical_id, &id, made);
        self.blank_draft_below(parent, logical_id, creation, id).map_err(not_made)
    }

    /// What the nested stack `child` is to become.
    pub(super) fn revised(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        child: &Deployed,
        made: Made,
    ) -> Result<Revision, NotMade> {
        let Made { properties, template } = made;
        let change = Change {
            template: Some(template),
            parameters: properties.parameters,
            tags: Some(tags(version.tags.clone(), properties.tags)),
            notification_arns: Some(properties.notification_arns),
            capabilities: version.capabilities.clone(),
            token: None,
            terms: Terms::default(),
            user_data: version.user_data.below(logical_id),
        };
        let given = change.user_data.clone();
        let mut revision = self.revise(child, change).map_err(|error| not_made(error.into()))?;
        given.check(&revision.planned).map_err(NotMade::Unknown)?;
        revision.version.windows =
            self.leave_windows_below(parent, logical_id, &mut revision.planned, &given);
        Ok(revision)
    }
}

fn creation_below(parent: &Deployed, version: &Version, logical_id: &str, id: &str, made: Made) -> Creation {
    let Made { properties, template } = made;
    Creation {
        name: stack_name_in(id).to_owned(),
        template,
        parameters: properties.parameters,
        tags: tags(version.tags.clone(), properties.tags),
        notification_arns: properties.notification_arns,
        capabilities: version.capabilities.clone(),
        termination_protection: false,
        // What it has created goes with its parent's rollback.
        on_failure: OnFailure::DoNothing,
        terms: Terms::default(),
        timeout_minutes: properties.timeout_minutes,
        token: None,
        user_data: version.user_data.below(logical_id),
        plays_nested: true,
        by_client: parent.by_client,
    }
}

/// A stack's tags are its nested stacks' too.
fn tags(mut of_parent: Vec<(String, String)>, own: Vec<(String, String)>) -> Vec<(String, String)> {
    of_parent.retain(|(key, _)| !own.iter().any(|(other, _)| other == key));
    of_parent.extend(own);
    of_parent
}

pub(super) fn not_made(error: AccountError) -> NotMade {
    match error {
        AccountError::Template(error) => refused(error),
        other => NotMade::Failed(other.to_string()),
    }
}

fn refused(error: TemplateError) -> NotMade {
    match error {
        TemplateError::Unsupported { .. } | TemplateError::Unresolved { .. } => NotMade::Unknown(error),
        TemplateError::MissingParameters { names, .. } => {
            NotMade::Failed(format!("Parameters: [{}] must have values", names.join(", ")))
        }
        TemplateError::UnknownParameters { unknown, .. } => {
            NotMade::Failed(format!("Parameters: [{}] do not exist in the template", unknown.join(", ")))
        }
        TemplateError::Invalid { message: Some(message), .. } => NotMade::Failed(message),
        other => NotMade::Failed(format!("Template format error: {other}")),
    }
}
