//! Twelve deployments that were measured on the real service, and the rehearsal of each.
//!
//! Known from <https://github.com/guardian/testing-asg-rolling-update/tree/main/observations>, 2024: sizes, texts and their numbers,
//! and what was there in the end. What is not told there is not here either: where the way back is not, the log ends before it.

use crate::facts::Facts;

/// A group, by its sizes; `in_service` and `batch` are its policy's.
struct Group {
    sizes: (u32, Option<u32>, u32),
    in_service: u32,
    batch: u32,
}

impl Group {
    fn template(&self, build: &str) -> String {
        let (min, desired, max) = self.sizes;
        let desired = desired.map(|it| format!("      DesiredCapacity: '{it}'\n")).unwrap_or_default();
        format!(
            "Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData: {{ImageId: ami-0abcdef1234567890, UserData: {{Fn::Base64: 'build {build}'}}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '{min}'
      MaxSize: '{max}'
{desired}      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
    UpdatePolicy:
      AutoScalingRollingUpdate:
        MinInstancesInService: {}
        MaxBatchSize: {}
        PauseTime: PT5M
        WaitOnResourceSignals: true
        MinSuccessfulInstancesPercent: 100
",
            self.in_service, self.batch
        )
    }
}

/// A deployment from a group of `sizes`, with as many in service as its minimum, to one whose policy has another number of them.
fn deployment(sizes: (u32, Option<u32>, u32), in_service: u32, batch: u32) -> (String, String) {
    let old = Group { sizes, in_service: sizes.0, batch };
    let new = Group { sizes, in_service, batch };
    (new.template("XYZ"), old.template("ABC"))
}

const FIXED: (u32, Option<u32>, u32) = (5, Some(5), 10);
const OPEN: (u32, Option<u32>, u32) = (5, None, 10);
const SCALING: (u32, Option<u32>, u32) = (3, None, 9);

/// `healthy-to-healthy.md`, both of its stacks.
#[test]
fn row_1_a_good_build_doubles_the_group_for_a_while() {
    for sizes in [FIXED, OPEN] {
        let (new, old) = deployment(sizes, 5, 10);
        let log = Facts::default().update().initiated(5, 5, 5).temporarily(10);
        let log = log.added(5).signalled(10..15).replaced(0..5, 0, 100).updated();
        log.assert_same(&new, Some(&old), &[]);
    }
}

/// `healthy-to-unhealthy.md`, the stack with a desired capacity. How its way back went on is not told.
#[test]
fn row_2_a_bad_build_with_a_desired_capacity() {
    let (new, old) = deployment(FIXED, 5, 10);
    let log = Facts::default().update().initiated(5, 5, 5).temporarily(10).added(5).fails(5, 5);
    log.assert_same(&new, Some(&old), &[]);
}

/// `healthy-to-unhealthy.md`, the stack without one: ten instances of the old build in the end, for its desired capacity stays
/// at ten.
#[test]
fn row_3_a_bad_build_without_a_desired_capacity() {
    let (new, old) = deployment(OPEN, 5, 10);
    let log = Facts::default().update().initiated(5, 5, 5).temporarily(10).added(5).fails(5, 5);
    let log = log.restored().initiated(5, 5, 5).replaced(10..15, 5, 100).added(5).signalled(20..25);
    log.rolled_back().assert_same(&new, Some(&old), &[]);
}

/// `healthy-to-healthy-partially-scaled.md`.
#[test]
fn row_4_a_group_that_was_scaled_shrinks_during_its_update() {
    let (new, old) = deployment(SCALING, 3, 9);
    let log = Facts::default().update().initiated(6, 6, 3).temporarily(9).added(3).signalled(10..13);
    let log = log.replaced(0..6, 3, 100).added(3).signalled(13..16).updated();
    log.assert_same(&new, Some(&old), &["--scaled", "Pool=6"]);
}

/// A footnote of `healthy-to-healthy-partially-scaled.md`: with batches of three the desired capacity was never increased.
#[test]
fn row_5_smaller_batches_need_no_other_sizes() {
    let (new, old) = deployment(SCALING, 3, 3);
    let log = Facts::default().update().initiated(6, 3, 3).replaced(0..3, 3, 50).added(3).signalled(10..13);
    let log = log.replaced(3..6, 3, 100).added(3).signalled(13..16).updated();
    log.assert_same(&new, Some(&old), &["--scaled", "Pool=6"]);
}

/// `healthy-to-healthy-partially-scaled-v2.md`.
#[test]
fn row_6_as_many_in_service_as_there_were() {
    let (new, old) = deployment(SCALING, 6, 9);
    let log = Facts::default().update().initiated(6, 3, 6).temporarily(9).added(3).signalled(10..13);
    let log = log.replaced(0..3, 3, 50).added(3).signalled(13..16).replaced(3..6, 0, 100).updated();
    log.assert_same(&new, Some(&old), &["--scaled", "Pool=6"]);
}

/// `healthy-to-unhealthy-partially-scaled-v2.md`: the way back goes by the old template's policy.
#[test]
fn row_7_a_bad_build_leaves_the_group_larger() {
    let (new, old) = deployment(SCALING, 6, 9);
    let log = Facts::default().update().initiated(6, 3, 6).temporarily(9).added(3).fails(3, 6);
    let log = log.restored().initiated(3, 3, 3).replaced(10..13, 3, 100).added(3).signalled(20..23);
    log.rolled_back().assert_same(&new, Some(&old), &["--scaled", "Pool=6"]);
}

/// `healthy-to-healthy-fully-scaled.md`.
#[test]
fn row_8_a_group_at_its_largest_goes_in_two_batches() {
    let (new, old) = deployment(SCALING, 3, 9);
    let log = Facts::default().update().initiated(9, 6, 3).replaced(0..6, 6, 67).added(6).signalled(10..16);
    let log = log.replaced(6..9, 3, 100).added(3).signalled(16..19).updated();
    log.assert_same(&new, Some(&old), &["--scaled", "Pool=9"]);
}

/// `healthy-to-healthy-fully-scaled-v2.md`.
#[test]
fn row_9_one_by_one() {
    let (new, old) = deployment(SCALING, 8, 9);
    let mut log = Facts::default().update().initiated(9, 1, 8);
    for (number, percent) in (0..9).zip([11, 22, 33, 44, 56, 67, 78, 89, 100]) {
        log = log.replaced(number..number + 1, 1, percent).added(1).signalled(10 + number..11 + number);
    }
    log.updated().assert_same(&new, Some(&old), &["--scaled", "Pool=9"]);
}

/// `healthy-to-unhealthy-fully-scaled-v2.md`.
#[test]
fn row_10_one_bad_instance_and_back() {
    let (new, old) = deployment(SCALING, 8, 9);
    let log = Facts::default().update().initiated(9, 1, 8).replaced(0..1, 1, 11).added(1).fails(1, 9);
    let log = log.restored().initiated(1, 1, 3).replaced(10..11, 1, 100).added(1).signalled(20..21);
    log.rolled_back().assert_same(&new, Some(&old), &["--scaled", "Pool=9"]);
}

/// `healthy-scale-out-mid-deploy.md`: the stack's events are those of any update; the group's size is not told by them.
#[test]
fn row_11_scaled_out_during_a_good_update() {
    let (new, old) = deployment(SCALING, 3, 9);
    let log = Facts::default().update().initiated(3, 3, 3).temporarily(6).added(3).signalled(10..13);
    let log = log.replaced(0..3, 0, 100).updated();
    log.assert_same(&new, Some(&old), &["--scale", "Pool=8@60s"]);
}

/// `unhealthy-scale-out-mid-deploy.md`: the two instances that the policy launched are replaced too.
#[test]
fn row_12_scaled_out_during_a_bad_update() {
    let (new, old) = deployment(SCALING, 3, 9);
    let log = Facts::default().update().initiated(3, 3, 3).temporarily(6).added(3).fails(3, 3);
    let log = log.restored().initiated(5, 5, 3).replaced(10..15, 5, 100).added(5).signalled(20..25);
    log.rolled_back().assert_same(&new, Some(&old), &["--scale", "Pool=8@60s"]);
}

/// MinInstancesInService of as many as the group can have is refused when the update gets to the group.
#[test]
fn a_group_that_has_to_be_whole_cannot_be_updated() {
    let (new, old) = (
        Group { sizes: (2, None, 2), in_service: 2, batch: 1 },
        Group { sizes: (2, None, 2), in_service: 1, batch: 1 },
    );
    let log = Facts::default()
        .update()
        .pool("UPDATE_FAILED", "MinInstancesInService must be less than the autoscaling group's MaxSize")
        .stack("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Pool]. ");
    log.assert_same(&new.template("XYZ"), Some(&old.template("ABC")), &[]);
}
