//! What a template asks for, as far as signals go: the resources in the order of their creation, and what each
//! waits for.

use std::collections::BTreeMap;
use std::time::Duration;

/// A stack to rehearse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// The stack's name.
    pub name: String,
    /// The stack's ARN.
    pub id: String,
    /// In an order in which every resource comes after those it depends on.
    pub resources: Vec<Resource>,
    /// Its outputs and tags, by name: what an update compares besides the resources.
    pub extras: BTreeMap<String, String>,
    /// Why it fails once all of its resources are made.
    pub refusal: Option<String>,
}

impl Stack {
    /// The resources that launch instances.
    pub fn launching(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|it| it.role.launches())
    }
}

/// A resource of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the template.
    pub logical_id: String,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// Such as `i-0123456789abcdef0`.
    pub physical_id: String,
    /// Logical ids that have to be complete first: `DependsOn` and references alike.
    pub dependencies: Vec<String>,
    /// What it means for signals.
    pub role: Role,
    /// Why CloudFormation refuses it once it comes to it, where the template's check takes what it refuses.
    pub refusal: Option<String>,
    /// Its properties, by name: what an update compares. Equal texts mean that nothing changes. An update's plan names
    /// a resource that exists by the physical id it has.
    pub properties: BTreeMap<String, String>,
    /// Its `Metadata`. Another text is a change that leaves it the same thing.
    pub metadata: Option<String>,
    /// `DeletionPolicy`.
    pub deletion_policy: Removal,
    /// `UpdateReplacePolicy`: what becomes of it once another has taken its place.
    pub update_replace_policy: Removal,
}

/// What becomes of a resource that its stack has no more use for.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Removal {
    /// `Delete`, and `Snapshot`, which deletes it too.
    #[default]
    Delete,
    /// `Retain`: it stays.
    Retain,
    /// `RetainExceptOnCreate`: it stays, unless it goes because its creation is rolled back.
    RetainExceptOnCreate,
}

/// What a resource means for signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An `AWS::EC2::Instance`.
    Instance {
        /// Waits for signals where there is one.
        creation_policy: Option<CreationPolicy>,
    },
    /// An `AWS::AutoScaling::AutoScalingGroup`.
    Group(Group),
    /// An `AWS::CloudFormation::WaitConditionHandle`: its physical id is the presigned URL.
    WaitConditionHandle,
    /// An `AWS::CloudFormation::WaitCondition`.
    WaitCondition(Wait),
    /// Anything else is complete as soon as it is created.
    Other,
}

impl Role {
    /// Whether it launches instances.
    #[must_use]
    pub const fn launches(&self) -> bool {
        matches!(self, Self::Instance { .. } | Self::Group(_))
    }
}

/// `CreationPolicy.ResourceSignal`.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreationPolicy {
    /// Signals to wait for; 1 unless told.
    pub count: u32,
    /// From the start of the resource's creation; 5 minutes unless told, at most 12 hours.
    pub timeout: Duration,
}

/// An Auto Scaling group: its instances, and what its creation and its updates wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `MinSize`.
    pub min_size: u32,
    /// `MaxSize`.
    pub max_size: u32,
    /// `DesiredCapacity`, `MinSize` unless told: so many instances are launched.
    pub desired_capacity: u32,
    /// Whether the template says `DesiredCapacity`: where it does not, an update leaves it as it is.
    pub sets_desired: bool,
    /// `IgnoreUnmodifiedGroupSizeProperties`: an update sets only those sizes that it changes.
    pub keeps_unmodified_sizes: bool,
    /// Waits for signals at its creation where there is one.
    pub creation_policy: Option<GroupCreationPolicy>,
    /// `UpdatePolicy`.
    pub update_policy: UpdatePolicy,
    /// What its instances are launched from, user data included, and into which subnets. Another text makes those that
    /// run obsolete.
    pub launch: String,
}

/// `CreationPolicy` of a group.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupCreationPolicy {
    /// `ResourceSignal`.
    pub signal: CreationPolicy,
    /// `AutoScalingCreationPolicy.MinSuccessfulInstancesPercent`, of the signals' count.
    pub min_successful: Percent,
}

/// What an update does to a group's obsolete instances.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdatePolicy {
    /// It leaves them: only new instances are up to date.
    #[default]
    None,
    /// `AutoScalingRollingUpdate`: batch by batch.
    Rolling(RollingUpdate),
    /// `AutoScalingReplacingUpdate` with `WillReplace`: another group takes the place of this one, and its
    /// `CreationPolicy` counts.
    Replacing,
}

/// `AutoScalingRollingUpdate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollingUpdate {
    /// Instances replaced at a time; 1 unless told.
    pub max_batch_size: u32,
    /// Instances that stay in service meanwhile; 0 unless told.
    pub min_instances_in_service: u32,
    /// How much of the update's instances have to succeed.
    pub min_successful: Percent,
    /// `PauseTime`: the wait between batches, or the signals' timeout. More than an hour is refused once it is needed.
    pub pause: Duration,
    /// `WaitOnResourceSignals`: each batch waits for a signal of each new instance.
    pub wait_on_resource_signals: bool,
    /// Whether `SuspendProcesses` has `AlarmNotification`: no scaling policy acts meanwhile.
    pub suspends_scaling: bool,
}

impl RollingUpdate {
    /// Whether so many have to be in service that none of a group of this `MaxSize` can be replaced. A group of a MaxSize
    /// of 0 has instances only until it shrinks.
    #[must_use]
    pub const fn leaves_no_room(&self, max_size: u32) -> bool {
        self.min_instances_in_service > 0 && self.min_instances_in_service >= max_size
    }
}

/// A share in tenths of a percent, the precision that CloudFormation works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u16);

impl Percent {
    /// Everything.
    pub const ALL: Self = Self(1000);

    /// So many tenths of a percent; `None` over a thousand.
    #[must_use]
    pub const fn from_tenths(tenths: u16) -> Option<Self> {
        if tenths <= 1000 { Some(Self(tenths)) } else { None }
    }

    /// How many of `count` this share is at least: 50 % of 5 are 3.
    #[must_use]
    pub fn of(self, count: u32) -> u32 {
        u32::try_from((u64::from(count) * u64::from(self.0)).div_ceil(1000)).unwrap_or(count)
    }
}

impl std::fmt::Display for Percent {
    /// `100`, `33.3`: without its sign.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}"),
        }
    }
}

/// What a wait condition waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Documents put to a handle's URL.
    Handle {
        /// The handle's logical id.
        handle: String,
        /// Documents with different unique ids to wait for; 1 unless told.
        count: u32,
        /// At most 12 hours.
        timeout: Duration,
    },
    /// `SignalResource`, with any unique id.
    Signals(CreationPolicy),
}
