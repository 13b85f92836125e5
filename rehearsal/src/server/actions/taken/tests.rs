#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::ACTIONS;
use super::taken;

/// Actions and parameters of the API's own description: botocore 1.44.8, data/cloudformation/2010-05-15/service-2.json
/// (Apache License 2.0).
const DESCRIBED: &str = include_str!("described.txt");

/// What the API has and a rehearsal has not: it is refused by its name.
const REFUSED: [(&str, &str); 2] = [("GetTemplateSummary", "StackSetName"), ("GetTemplateSummary", "CallAs")];

#[test]
fn every_parameter_of_the_api_is_taken_or_refused_on_purpose() {
    let mut actions = 0;
    for line in DESCRIBED.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let action = words.next().unwrap();
        let taken = taken(action).unwrap();
        for name in words {
            assert_ne!(taken.contains(&name), REFUSED.contains(&(action, name)), "{action} {name}");
        }
        assert!(ACTIONS.contains(action), "{action}");
        actions += 1;
    }
    assert_eq!(actions, ACTIONS.replace(" and ", ", ").split(", ").count());
}
