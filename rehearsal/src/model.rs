//! What a template asks for, as far as signals go: the resources in the order of their creation, and what each
//! waits for.

use std::time::Duration;

/// A stack to rehearse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The stack's name.
    pub name: String,
    /// The stack's ARN.
    pub id: String,
    /// In an order in which every resource comes after those it depends on.
    pub resources: Vec<Resource>,
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
}

/// What a resource means for signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An `AWS::EC2::Instance`.
    Instance {
        /// Waits for signals where there is one.
        creation_policy: Option<CreationPolicy>,
    },
    /// An `AWS::CloudFormation::WaitConditionHandle`: its physical id is the presigned URL.
    WaitConditionHandle,
    /// An `AWS::CloudFormation::WaitCondition`.
    WaitCondition(Wait),
    /// Anything else is complete as soon as it is created.
    Other,
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
