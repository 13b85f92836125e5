//! A rehearsal put together: a template, its stack, and the services on loopback.

mod names;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_component::identity::AccessKey;
use cfn_signal_component::secret::Secret;

use crate::auth::{IdentityKey, Verifier};
use crate::clock::{self, Clock, ClockKind};
use crate::engine::Engine;
use crate::ids::{self, NoRandomness};
use crate::model::{Role, Stack};
use crate::server::{Bound, Handles, ListenError, Metadata, RoleCredentials, Services, TokenKey, bind};
use crate::stack::{Machine, OnFailure};
use crate::telling::Happenings;
use crate::template::{Inputs, Template, TemplateError};
use names::Names;

/// The account that rehearsals happen in.
pub const ACCOUNT_ID: &str = "123456789012";

/// The role of every instance.
const ROLE: &str = "rehearsal-role";

/// How long an instance's temporary credentials are valid.
const SESSION: Duration = Duration::from_secs(6 * 3600);

/// What to rehearse.
#[derive(Clone, Debug)]
pub struct Options {
    /// The template's file.
    pub template: PathBuf,
    /// The stack's name.
    pub stack_name: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// Values for parameters.
    pub parameters: BTreeMap<String, String>,
    /// How time passes.
    pub clock: ClockKind,
    /// Where to listen; port 0 for any.
    pub listen: SocketAddr,
    /// The instance that is rehearsed; every instance unless told.
    pub resource: Option<String>,
    /// What the instance runs in place of the template's user data.
    pub user_data: Option<Vec<u8>>,
}

/// Why nothing can be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The system.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The stack has no such resource.
    #[error("{template}: there is no resource {logical_id}; {known}")]
    UnknownResource {
        /// The template's file.
        template: String,
        /// As given.
        logical_id: String,
        /// What could be meant.
        known: String,
    },
    /// It runs no user data.
    #[error("{template}: {logical_id} is of type {resource_type}; {known}")]
    NotAnInstance {
        /// The template's file.
        template: String,
        /// As given.
        logical_id: String,
        /// What it is.
        resource_type: String,
        /// What could be meant.
        known: String,
    },
}

/// An instance of the stack.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name in the template.
    pub logical_id: String,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
    /// Where its metadata is.
    pub metadata: SocketAddr,
    /// What it runs at its first boot.
    pub user_data: Option<Vec<u8>>,
    /// The role of its profile, where the template tells it.
    pub role: Option<String>,
}

/// A wait condition handle of the stack.
#[derive(Clone)]
pub struct Handle {
    /// Its name in the template.
    pub logical_id: String,
    /// Its presigned URL: a secret.
    pub url: Secret,
}

/// A rehearsal whose services answer and whose stack has not begun.
pub struct Rehearsal {
    /// The stack at work.
    pub engine: Arc<Engine>,
    /// What it tells.
    pub happenings: Happenings,
    /// Where the API is.
    pub address: SocketAddr,
    /// As planned from the template.
    pub stack: Stack,
    /// Those whose user data counts.
    pub instances: Vec<Instance>,
    /// Waits by handle.
    pub handles: Vec<Handle>,
    /// A long-term access key that the API accepts.
    pub key: AccessKey,
    /// The region.
    pub region: String,
    /// Instances with a policy that is not rehearsed, because another instance was chosen.
    pub left_out: Vec<String>,
}

impl Rehearsal {
    /// Reads the template, listens and answers. To be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SetupError`], one line each.
    pub async fn prepare(options: &Options) -> Result<Self, SetupError> {
        let template = Template::load(&options.template)?;
        let main = bind(options.listen).await?;
        let address = main.address;
        let stack_id = stack_id(&options.region, &options.stack_name);
        let handles = Handles::new(address, &options.region, &stack_id)?;
        let names = Names::new(&template, &handles, options, &stack_id);
        let inputs = Inputs {
            stack_name: options.stack_name.clone(),
            stack_id: stack_id.clone(),
            region: options.region.clone(),
            account_id: ACCOUNT_ID.to_owned(),
            parameters: &options.parameters,
            physical_id: &|logical_id, resource_type| names.physical_id(logical_id, resource_type),
            get_att: &|logical_id, attribute| names.attribute(logical_id, attribute),
        };
        let mut stack = template.plan(&inputs)?;
        let left_out = choose(&mut stack, options)?;

        let mut instances = Vec::new();
        let mut bounds: Vec<(Bound, String)> = Vec::new();
        let mut main = Some(main);
        for resource in &stack.resources {
            let chosen = options.resource.as_ref().is_none_or(|chosen| *chosen == resource.logical_id);
            if !matches!(resource.role, Role::Instance { .. }) || !chosen {
                continue;
            }
            let bound = match main.take() {
                Some(bound) => bound,
                None => bind(SocketAddr::new(address.ip(), 0)).await?,
            };
            instances.push(Instance {
                logical_id: resource.logical_id.clone(),
                instance_id: resource.physical_id.clone(),
                metadata: bound.address,
                user_data: match &options.user_data {
                    Some(given) => Some(given.clone()),
                    None => template.user_data(&resource.logical_id, &inputs)?,
                },
                role: template.instance_role(&resource.logical_id, &inputs),
            });
            bounds.push((bound, resource.logical_id.clone()));
        }

        let key = access_key("AKIA", None)?;
        let role = RoleCredentials {
            role: ROLE.to_owned(),
            key: access_key("ASIA", Some(clock::wall().plus(SESSION).as_seconds()))?,
        };
        let identity = Arc::new(IdentityKey::default());
        let verifier =
            Verifier::new(options.region.clone(), vec![key.clone(), role.key.clone()], Arc::clone(&identity));
        let known_handles = stack
            .resources
            .iter()
            .filter(|resource| resource.role == Role::WaitConditionHandle)
            .map(|resource| Handle {
                logical_id: resource.logical_id.clone(),
                url: Secret::new(resource.physical_id.clone()),
            })
            .collect();
        let (engine, happenings) = Engine::new(
            Machine::new(stack.clone(), None, OnFailure::Rollback),
            Arc::new(Clock::new(options.clock)),
        );
        let engine = Arc::new(engine);
        drop(names);
        let services = Arc::new(Services { engine: Arc::clone(&engine), verifier, handles });

        let metadata = |instance: Option<&Instance>| -> Result<Metadata, NoRandomness> {
            Ok(Metadata {
                instance_id: instance.map_or_else(|| ids::ec2("i"), |it| it.instance_id.clone()),
                logical_id: instance.map_or_else(String::new, |it| it.logical_id.clone()),
                stack_name: options.stack_name.clone(),
                stack_id: stack_id.clone(),
                region: options.region.clone(),
                account_id: ACCOUNT_ID.to_owned(),
                role: RoleCredentials {
                    role: instance.and_then(|it| it.role.clone()).unwrap_or_else(|| role.role.clone()),
                    key: role.key.clone(),
                },
                user_data: instance.and_then(|it| it.user_data.clone()),
                identity: Arc::clone(&identity),
                launched: clock::wall(),
                tokens: TokenKey::generate()?,
            })
        };
        for (bound, logical_id) in bounds {
            let instance = instances.iter().find(|it| it.logical_id == logical_id);
            tokio::spawn(bound.serve(Arc::clone(&services), Arc::new(metadata(instance)?)));
        }
        if let Some(bound) = main {
            // No instance at all: somebody else's, then, which is no member.
            tokio::spawn(bound.serve(Arc::clone(&services), Arc::new(metadata(None)?)));
        }
        Ok(Self {
            engine,
            happenings,
            address,
            stack,
            instances,
            handles: known_handles,
            key,
            region: options.region.clone(),
            left_out,
        })
    }

    /// The URL of the API.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Checks the chosen resource. The other instances' policies are dropped: nothing would ever signal them.
fn choose(stack: &mut Stack, options: &Options) -> Result<Vec<String>, SetupError> {
    let Some(chosen) = &options.resource else { return Ok(Vec::new()) };
    let instances: Vec<_> = stack
        .resources
        .iter()
        .filter(|it| matches!(it.role, Role::Instance { .. }))
        .map(|it| it.logical_id.as_str())
        .collect();
    let known = match instances.as_slice() {
        [] => "the template has no instance".to_owned(),
        [one] => format!("the template's instance is {one}"),
        many => format!("the template's instances are {}", many.join(", ")),
    };
    let template = options.template.display().to_string();
    match stack.resources.iter().find(|it| it.logical_id == *chosen) {
        None => return Err(SetupError::UnknownResource { template, logical_id: chosen.clone(), known }),
        Some(it) if !matches!(it.role, Role::Instance { .. }) => {
            return Err(SetupError::NotAnInstance {
                template,
                logical_id: chosen.clone(),
                resource_type: it.resource_type.clone(),
                known,
            });
        }
        Some(_) => {}
    }
    let mut left_out = Vec::new();
    for resource in &mut stack.resources {
        if resource.logical_id == *chosen {
            continue;
        }
        let waited = match &mut resource.role {
            Role::Instance { creation_policy } => creation_policy.take().is_some(),
            Role::Group(group) => group.creation_policy.take().is_some(),
            _ => false,
        };
        if waited {
            left_out.push(resource.logical_id.clone());
        }
    }
    Ok(left_out)
}

fn stack_id(region: &str, name: &str) -> String {
    let partition = crate::template::partition(region).0;
    format!("arn:{partition}:cloudformation:{region}:{ACCOUNT_ID}:stack/{name}/{}", ids::uuid())
}

/// A key of the rehearsal's own; a temporary one where it expires.
fn access_key(prefix: &str, expires_at: Option<u64>) -> Result<AccessKey, NoRandomness> {
    let session_token = match expires_at {
        Some(_) => Some(Secret::new(hex::encode(ids::random::<32>()?))),
        None => None,
    };
    Ok(AccessKey {
        id: ids::access_key_id(prefix)?,
        secret: Secret::new(hex::encode(ids::random::<20>()?)),
        session_token,
        expires_at,
    })
}
