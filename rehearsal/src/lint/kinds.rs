//! Names of types and keys that rules look for.

pub(super) const INSTANCE: &str = "AWS::EC2::Instance";
pub(super) const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
pub(super) const WAIT_CONDITION: &str = "AWS::CloudFormation::WaitCondition";
pub(super) const HANDLE: &str = "AWS::CloudFormation::WaitConditionHandle";
pub(super) const LAUNCH_TEMPLATE: &str = "AWS::EC2::LaunchTemplate";
pub(super) const LAUNCH_CONFIGURATION: &str = "AWS::AutoScaling::LaunchConfiguration";
pub(super) const INIT: &str = "AWS::CloudFormation::Init";
pub(super) const DOCUMENT: &str = "AWS::SSM::Document";
pub(super) const ASSOCIATION: &str = "AWS::SSM::Association";
pub(super) const WINDOW_TASK: &str = "AWS::SSM::MaintenanceWindowTask";
