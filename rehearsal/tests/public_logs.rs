//! Logs of real stacks that people have shown in public, and the rehearsal of each.
//!
//! Each is told by its facts: which texts with which statuses, and in which order. Templates, ids and times are this project's.

use crate::facts::{Facts, instance};

const GROUP: &str = "
Resources:
  Launch: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-0abcdef1234567890}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: COUNT, Timeout: PT15M}}
    Properties:
      MinSize: 'COUNT'
      MaxSize: 'COUNT'
      LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}
";

const BOX: &str = "
Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT10M}}
    Properties: {ImageId: ami-0abcdef1234567890}
";

const CONDITION: &str = "
Resources:
  Hook: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Hook, Timeout: 600, Count: 2}}
";

fn created() -> Facts {
    Facts::default().stack("CREATE_IN_PROGRESS", "User Initiated")
}

fn group() -> Facts {
    created()
        .made("Launch")
        .pool("CREATE_IN_PROGRESS", "")
        .pause(2)
        .pool("CREATE_IN_PROGRESS", "Resource creation Initiated")
}

impl Facts {
    fn goes(self, id: &str) -> Self {
        self.say(id, "DELETE_IN_PROGRESS", "").pause(30).say(id, "DELETE_COMPLETE", "")
    }
}

/// Six logs alike, 2018 to 2022: widdix/aws-cf-templates#565 and #186, F5Networks/f5-aws-cloudformation#168,
/// getsocial-rnd/neo4j-aws-causal-cluster#2, aws-samples/amazon-ec2-gitlab-runner#4,
/// aws-quickstart/quickstart-microsoft-rdgateway#7.
#[test]
fn a_new_group_that_gets_no_signal_tells_what_is_missing_first() {
    let log = group()
        .pause(900)
        .pool(
            "UPDATE_IN_PROGRESS",
            "Failed to receive 1 resource signal(s) for the current batch.  Each resource signal timeout is counted as a FAILURE.",
        )
        .pool(
            "CREATE_FAILED",
            "Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement",
        )
        .stack("ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Pool]. Rollback requested by user.")
        .goes("Pool")
        .goes("Launch")
        .stack("ROLLBACK_COMPLETE", "");
    log.assert_same(&GROUP.replace("COUNT", "1"), None, &[]);
}

/// aws-quickstart/quickstart-linux-bastion#144.
#[test]
fn a_failure_of_a_groups_instance_is_counted() {
    let log = group()
        .pause(100)
        .pool("CREATE_IN_PROGRESS", &format!("Received FAILURE signal with UniqueId {}", instance(7)))
        .pool(
            "CREATE_FAILED",
            "Received 1 FAILURE signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement",
        )
        .stack("ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Pool]. Rollback requested by user.")
        .goes("Pool")
        .goes("Launch")
        .stack("ROLLBACK_COMPLETE", "");
    log.assert_same(&GROUP.replace("COUNT", "1"), None, &[]);
}

/// The guide and the wiki of AWS ParallelCluster; until 2018 the list of what failed ended with `. .`
/// (<https://github.com/aws/aws-parallelcluster/wiki>).
#[test]
fn a_failure_of_an_instance_is_its_reason() {
    for list in ["[Box]. Rollback requested by user.", "[Box]. . Rollback requested by user."] {
        let log = created()
            .say("Box", "CREATE_IN_PROGRESS", "")
            .say("Box", "CREATE_IN_PROGRESS", "Resource creation Initiated")
            .pause(60)
            .say("Box", "CREATE_FAILED", &format!("Received FAILURE signal with UniqueId {}", instance(1)))
            .stack("ROLLBACK_IN_PROGRESS", &format!("The following resource(s) failed to create: {list}"))
            .goes("Box")
            .stack("ROLLBACK_COMPLETE", "");
        log.assert_same(BOX, None, &[]);
    }
}

/// The same with `--disable-rollback`, as the ParallelCluster guide shows it: a blank is at the end.
#[test]
fn a_stack_that_does_not_roll_back_has_failed() {
    let log = created()
        .say("Box", "CREATE_IN_PROGRESS", "")
        .say("Box", "CREATE_IN_PROGRESS", "Resource creation Initiated")
        .pause(600)
        .say("Box", "CREATE_FAILED", "Failed to receive 1 resource signal(s) within the specified duration")
        .stack("CREATE_FAILED", "The following resource(s) failed to create: [Box]. ");
    log.assert_same(BOX, None, &[]);
}

/// sebdah/dynamic-dynamodb#248, vpn-gateway-strongswan#28.
#[test]
fn a_message_at_a_handle_fails_its_condition() {
    let message = "WaitCondition received failed message: 'Failed to install' for uniqueId: i-0d8a3c1f";
    let log = created()
        .made("Hook")
        .say("Ready", "CREATE_IN_PROGRESS", "")
        .pause(200)
        .say("Ready", "CREATE_FAILED", message)
        .stack(
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Ready]. Rollback requested by user.",
        )
        .goes("Ready")
        .goes("Hook")
        .stack("ROLLBACK_COMPLETE", "");
    log.assert_same(CONDITION, None, &[]);
}

/// The same threads, and immersive-media-refarch#7: what had come is counted.
#[test]
fn a_condition_that_times_out_says_how_many_came() {
    let log = created()
        .made("Hook")
        .say("Ready", "CREATE_IN_PROGRESS", "")
        .pause(601)
        .say("Ready", "CREATE_FAILED", "WaitCondition timed out. Received 1 conditions when expecting 2")
        .stack(
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Ready]. Rollback requested by user.",
        )
        .goes("Ready")
        .goes("Hook")
        .stack("ROLLBACK_COMPLETE", "");
    log.assert_same(CONDITION, None, &[]);
}

/// Events of 2024 and later, as the AWS CLI's guide to stack events has them: that a resource exists is told before every part of the
/// service sees it (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>).
#[test]
fn consistency_checks_change_nothing() {
    let check = "Eventual consistency check initiated";
    let log = created()
        .made("Hook")
        .say("Hook", "CREATE_IN_PROGRESS", check)
        .with("DetailedStatus", "CONFIGURATION_COMPLETE")
        .say("Ready", "CREATE_IN_PROGRESS", "")
        .say("Ready", "CREATE_IN_PROGRESS", "Resource creation Initiated")
        .pause(30)
        .say("Ready", "CREATE_COMPLETE", "")
        .stack("CREATE_IN_PROGRESS", check)
        .with("DetailedStatus", "CONFIGURATION_COMPLETE")
        .stack("CREATE_COMPLETE", "");
    let (code, said) = log.compare(CONDITION, None, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 of eventual consistency checks (CONFIGURATION_COMPLETE)"), "{said}");
    assert!(said.contains("2 that a resource's creation is initiated"), "{said}");
}

fn rolling(max: u32, in_service: u32, build: &str) -> String {
    format!(
        "Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{ImageId: ami-0abcdef1234567890, UserData: {{Fn::Base64: {build}}}}}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '3'
      MaxSize: '{max}'
      DesiredCapacity: '3'
      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
    UpdatePolicy:
      AutoScalingRollingUpdate:
        {{MinInstancesInService: {in_service}, MaxBatchSize: 1, PauseTime: PT5M, WaitOnResourceSignals: true}}
"
    )
}

/// crewjam's article on etcd in a group (<https://crewjam.com/etcd-aws/>): nobody is spare, so each goes before another comes.
#[test]
fn batches_of_one_without_a_spare() {
    let mut log = Facts::default().update().initiated(3, 1, 2);
    for (number, percent) in (0..3).zip([33, 67, 100]) {
        log = log.replaced(number..number + 1, 1, percent).added(1).signalled(10 + number..11 + number);
    }
    log.updated().assert_same(&rolling(3, 2, "b"), Some(&rolling(3, 2, "a")), &[]);
}

/// awslabs/amazon-eks-ami#66: with a spare one more comes first, and nobody for the last that goes.
#[test]
fn batches_of_one_with_a_spare() {
    let mut log = Facts::default().update().initiated(3, 1, 3).temporarily(4).added(1).signalled(10..11);
    for (number, percent) in (0..2).zip([33, 67]) {
        log = log.replaced(number..number + 1, 1, percent).added(1).signalled(11 + number..12 + number);
    }
    let log = log.replaced(2..3, 0, 100).updated();
    log.assert_same(&rolling(4, 3, "b"), Some(&rolling(4, 3, "a")), &[]);
}
