use super::deployment::{Deployed, Template, deploy};

/// The group that had five instances, and the one that scales between three and nine.
const FIVE: Template = Template { sizes: (5, Some(5), 10), kept: 5, batch: 10, build: "ABC" };
const SCALING: Template = Template { sizes: (3, None, 9), kept: 3, batch: 9, build: "ABC" };

fn of(template: Template, build: &'static str) -> Template {
    Template { build, ..template }
}

fn keeping(template: Template, kept: u32, build: &'static str) -> Template {
    Template { kept, build, ..template }
}

/// `ABC-1,ABC-2`
fn names(build: &str, numbers: std::ops::RangeInclusive<u32>) -> String {
    numbers.map(|it| format!("{build}-{it}")).collect::<Vec<_>>().join(",")
}

/// The events of an update, written down.
#[derive(Default)]
struct Story(Vec<String>);

impl Story {
    fn begun() -> Self {
        Self(vec!["UPDATE_IN_PROGRESS".to_owned()])
    }

    fn say(mut self, text: &str) -> Self {
        self.0.push(format!("UPDATE_IN_PROGRESS: {text}"));
        self
    }

    fn rolls(self, obsolete: u32, batch: u32, kept: u32) -> Self {
        self.say(&format!(
            "Rolling update initiated. Terminating {obsolete} obsolete instance(s) in batches of {batch}, while keeping \
             at least {kept} instance(s) in service. Waiting on resource signals with a timeout of PT5M when new \
             instances are added to the autoscaling group."
        ))
    }

    fn temporarily(self, size: u32) -> Self {
        self.say(&format!("Temporarily setting autoscaling group MinSize and DesiredCapacity to {size}."))
    }

    fn added(self, number: u32) -> Self {
        self.say(&format!(
            "New instance(s) added to autoscaling group - Waiting on {number} resource signal(s) with a timeout of PT5M."
        ))
    }

    /// New instances, each of which signals.
    fn launched(self, build: &str, numbers: std::ops::RangeInclusive<u32>) -> Self {
        let number = u32::try_from(numbers.clone().count()).unwrap();
        numbers.fold(self.added(number), |story, it| {
            story.say(&format!("Received SUCCESS signal with UniqueId {build}-{it}"))
        })
    }

    fn terminated(self, ids: &str, replacements: u32, percent: u32) -> Self {
        self.say(&format!("Terminating instance(s) [{ids}]; replacing with {replacements} new instance(s)."))
            .say(&format!("Successfully terminated instance(s) [{ids}] (Progress {percent}%)."))
    }

    /// It fails, and the way back begins.
    fn failed(self, missing: u32, of: u32) -> Self {
        let mut story = self.say(&format!(
            "Failed to receive {missing} resource signal(s) for the current batch.  Each resource signal timeout is \
             counted as a FAILURE."
        ));
        story.0.push(format!(
            "UPDATE_FAILED: Received 0 SUCCESS signal(s) out of {of}.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement"
        ));
        story.0.push("UPDATE_IN_PROGRESS".to_owned());
        story
    }

    /// So it was told, and so many instances of one build are left.
    fn ends(mut self, deployed: &Deployed, sizes: (u32, u32, u32), build: &str) {
        self.0.push("UPDATE_COMPLETE".to_owned());
        assert_eq!(deployed.events, self.0);
        assert_eq!(deployed.sizes, sizes);
        assert_eq!(deployed.builds, vec![build; usize::try_from(sizes.1).unwrap()]);
        let last = deployed.capacities.last().unwrap();
        assert_eq!(
            (last.instances, last.in_service, last.desired, last.kept),
            (sizes.1, sizes.1, sizes.1, None)
        );
    }
}

impl Deployed {
    /// The fewest that could be counted on at any moment.
    fn fewest(&self) -> u32 {
        self.capacities.iter().map(|it| it.in_service).min().unwrap()
    }
}

#[test]
fn row_1_five_are_replaced_by_five_with_a_desired_capacity_or_without() {
    for desired in [Some(5), None] {
        let before = Template { sizes: (5, desired, 10), ..FIVE };
        let deployed = deploy(before, of(before, "XYZ"), &["Web=5"], &[]);
        Story::begun()
            .rolls(5, 5, 5)
            .temporarily(10)
            .launched("XYZ", 1..=5)
            .terminated(&names("ABC", 1..=5), 0, 100)
            .ends(&deployed, (5, 5, 10), "XYZ");
        assert_eq!(deployed.fewest(), 5);
    }
}

#[test]
fn row_2_a_bad_build_leaves_five_where_the_template_says_so() {
    let deployed = deploy(FIVE, of(FIVE, "500"), &["Web=5"], &[]);
    Story::begun()
        .rolls(5, 5, 5)
        .temporarily(10)
        .added(5)
        .failed(5, 5)
        .rolls(5, 5, 5)
        .temporarily(10)
        .terminated(&names("500", 1..=5), 0, 100)
        .ends(&deployed, (5, 5, 10), "ABC");
    assert_eq!(deployed.fewest(), 5);
}

#[test]
fn row_3_a_bad_build_leaves_ten_where_the_template_says_nothing() {
    let before = Template { sizes: (5, None, 10), ..FIVE };
    let deployed = deploy(before, of(before, "500"), &["Web=5"], &[]);
    Story::begun()
        .rolls(5, 5, 5)
        .temporarily(10)
        .added(5)
        .failed(5, 5)
        .rolls(5, 5, 5)
        .terminated(&names("500", 1..=5), 5, 100)
        .launched("ABC", 6..=10)
        .ends(&deployed, (5, 10, 10), "ABC");
    // And so they stay.
    let deployed = deploy(before, of(before, "XYZ"), &["Web=10"], &[]);
    Story::begun()
        .rolls(10, 5, 5)
        .terminated(&names("ABC", 1..=5), 5, 50)
        .launched("XYZ", 1..=5)
        .terminated(&names("ABC", 6..=10), 5, 100)
        .launched("XYZ", 6..=10)
        .ends(&deployed, (5, 10, 10), "XYZ");
}

#[test]
fn row_4_partially_scaled_it_falls_to_three_in_service() {
    let deployed = deploy(SCALING, of(SCALING, "XYZ"), &["Web=6"], &[]);
    Story::begun()
        .rolls(6, 6, 3)
        .temporarily(9)
        .launched("XYZ", 1..=3)
        .terminated(&names("ABC", 1..=6), 3, 100)
        .launched("XYZ", 4..=6)
        .ends(&deployed, (3, 6, 9), "XYZ");
    assert_eq!(deployed.fewest(), 3);
}

#[test]
fn row_5_batches_of_three_raise_nothing() {
    let before = Template { batch: 3, ..SCALING };
    let deployed = deploy(before, of(before, "XYZ"), &["Web=6"], &[]);
    Story::begun()
        .rolls(6, 3, 3)
        .terminated(&names("ABC", 1..=3), 3, 50)
        .launched("XYZ", 1..=3)
        .terminated(&names("ABC", 4..=6), 3, 100)
        .launched("XYZ", 4..=6)
        .ends(&deployed, (3, 6, 9), "XYZ");
    assert!(deployed.capacities.iter().all(|it| it.desired == 6));
}

#[test]
fn row_6_six_are_kept_where_the_template_says_so() {
    let deployed = deploy(SCALING, keeping(SCALING, 6, "XYZ"), &["Web=6"], &[]);
    Story::begun()
        .rolls(6, 3, 6)
        .temporarily(9)
        .launched("XYZ", 1..=3)
        .terminated(&names("ABC", 1..=3), 3, 50)
        .launched("XYZ", 4..=6)
        .terminated(&names("ABC", 4..=6), 0, 100)
        .ends(&deployed, (3, 6, 9), "XYZ");
    assert_eq!(deployed.fewest(), 6);
}

#[test]
fn row_7_a_bad_build_is_rolled_back_by_the_old_templates_policy() {
    let deployed = deploy(SCALING, keeping(SCALING, 6, "500"), &["Web=6"], &[]);
    Story::begun()
        .rolls(6, 3, 6)
        .temporarily(9)
        .added(3)
        .failed(3, 6)
        .rolls(3, 3, 3)
        .terminated(&names("500", 1..=3), 3, 100)
        .launched("ABC", 7..=9)
        .ends(&deployed, (3, 9, 9), "ABC");
    assert_eq!(deployed.fewest(), 6);
}

#[test]
fn row_8_fully_scaled_it_falls_to_three_in_service() {
    let deployed = deploy(SCALING, of(SCALING, "XYZ"), &["Web=9"], &[]);
    Story::begun()
        .rolls(9, 6, 3)
        .terminated(&names("ABC", 1..=6), 6, 67)
        .launched("XYZ", 1..=6)
        .terminated(&names("ABC", 7..=9), 3, 100)
        .launched("XYZ", 7..=9)
        .ends(&deployed, (3, 9, 9), "XYZ");
    assert_eq!(deployed.fewest(), 3);
}

#[test]
fn row_9_fully_scaled_one_at_a_time_touches_no_size() {
    for before in [SCALING, Template { sizes: (3, Some(9), 9), ..SCALING }] {
        let deployed = deploy(before, keeping(before, 8, "XYZ"), &["Web=9"], &[]);
        let story = [11, 22, 33, 44, 56, 67, 78, 89, 100].into_iter().zip(1..);
        story
            .fold(Story::begun().rolls(9, 1, 8), |story, (percent, at)| {
                story.terminated(&names("ABC", at..=at), 1, percent).launched("XYZ", at..=at)
            })
            .ends(&deployed, (3, 9, 9), "XYZ");
        assert_eq!(deployed.fewest(), 8);
        assert!(deployed.capacities.iter().all(|it| it.desired == 9));
    }
}

#[test]
fn row_10_fully_scaled_a_bad_build_costs_one_instance() {
    let deployed = deploy(SCALING, keeping(SCALING, 8, "500"), &["Web=9"], &[]);
    Story::begun()
        .rolls(9, 1, 8)
        .terminated("ABC-1", 1, 11)
        .added(1)
        .failed(1, 9)
        .rolls(1, 1, 3)
        .terminated("500-1", 1, 100)
        .launched("ABC", 10..=10)
        .ends(&deployed, (3, 9, 9), "ABC");
    assert_eq!(deployed.fewest(), 8);
}

#[test]
fn row_11_what_a_policy_asks_for_meanwhile_does_not_last() {
    let deployed = deploy(SCALING, of(SCALING, "XYZ"), &[], &["Web=7@20s", "Web=8@30s"]);
    Story::begun()
        .rolls(3, 3, 3)
        .temporarily(6)
        .launched("XYZ", 1..=3)
        .terminated(&names("ABC", 1..=3), 0, 100)
        .ends(&deployed, (3, 3, 9), "XYZ");
    // The new build's, and they are there.
    let most = deployed.capacities.iter().map(|it| (it.instances, it.desired, it.wanted)).max().unwrap();
    assert_eq!(most, (8, 8, 8));
    assert_eq!(deployed.capacities.last().unwrap().wanted, 8, "it is smaller than it is wanted to be");
}

#[test]
fn row_12_what_a_policy_asks_for_meanwhile_is_replaced_in_the_rollback() {
    let deployed = deploy(SCALING, of(SCALING, "500"), &[], &["Web=8@30s"]);
    Story::begun()
        .rolls(3, 3, 3)
        .temporarily(6)
        .added(3)
        .failed(3, 3)
        .rolls(5, 5, 3)
        .terminated(&names("500", 1..=5), 5, 100)
        .launched("ABC", 4..=8)
        .ends(&deployed, (3, 8, 9), "ABC");
    assert_eq!(deployed.fewest(), 3);
}

#[test]
fn a_policy_gets_what_the_sizes_allow_at_that_moment() {
    // Until the batch is done the group may not be smaller than the update has made it.
    let deployed = deploy(SCALING, keeping(SCALING, 6, "XYZ"), &["Web=6"], &["Web=3@30s"]);
    assert!(deployed.capacities.iter().all(|it| it.instances >= 6));
    assert_eq!(deployed.sizes, (3, 6, 9));
}

#[test]
fn a_group_that_the_update_has_not_resized_keeps_what_a_policy_asks_for() {
    let before = Template { batch: 3, ..SCALING };
    let deployed = deploy(before, of(before, "XYZ"), &["Web=6"], &["Web=8@30s"]);
    Story::begun()
        .rolls(6, 3, 3)
        .terminated(&names("ABC", 1..=3), 3, 50)
        .launched("XYZ", 1..=3)
        .terminated(&names("ABC", 4..=6), 3, 100)
        .launched("XYZ", 6..=8)
        .ends(&deployed, (3, 8, 9), "XYZ");
}

#[test]
fn a_policy_that_takes_away_what_was_to_be_replaced_ends_the_update_early() {
    let before = Template { sizes: (2, None, 9), kept: 2, ..SCALING };
    let deployed = deploy(before, of(before, "XYZ"), &[], &["Web=6@10s", "Web=4@20s"]);
    Story::begun().rolls(2, 2, 2).temporarily(4).launched("XYZ", 1..=2).ends(&deployed, (2, 2, 9), "XYZ");
}
