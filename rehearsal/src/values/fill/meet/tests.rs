#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;

use crate::ids::Home;
use crate::template::{Supplied, Template};
use crate::values::{ValuesError, fill};

const HOME: Home<'_> = Home { region: "eu-west-1", account_id: "123456789012" };

/// What parameters are filled with, of which `given` have a value.
fn filled(
    parameters: &str,
    rules: &str,
    given: &[(&str, &str)],
) -> Result<BTreeMap<String, String>, ValuesError> {
    let text =
        format!("Parameters:\n{parameters}\nRules:\n{rules}\nResources: {{T: {{Type: AWS::SNS::Topic}}}}");
    let template = Template::parse(&text, "t").unwrap();
    let mut values: BTreeMap<_, _> =
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let told = fill(&template, HOME, &mut values, &mut Supplied::default())?;
    for it in told {
        assert_eq!(values.get(&it.name), Some(&it.value), "what is told is what is given");
    }
    Ok(values)
}

fn values(parameters: &str, rules: &str, given: &[(&str, &str)]) -> Vec<String> {
    let once = filled(parameters, rules, given).unwrap();
    assert_eq!(once, filled(parameters, rules, given).unwrap(), "the same each time");
    once.into_values().collect()
}

#[test]
fn two_secrets_are_different() {
    let parameters = "  A: {Type: String, NoEcho: true, AllowedPattern: '^$|abc(.+)'}\n  \
                      B: {Type: String, NoEcho: true, AllowedPattern: '^$|abc(.+)'}";
    let rules = "  NotA:\n    RuleCondition: !Equals [!Ref A, '']\n    Assertions: [{Assert: !Equals [!Ref B, '']}]\n  \
                 NotB:\n    RuleCondition: !Equals [!Ref B, '']\n    Assertions: [{Assert: !Equals [!Ref A, '']}]\n  \
                 Same:\n    RuleCondition: !EachMemberEquals [[!Ref B], !Ref A]\n    Assertions: [{Assert: !Equals [!Ref A, '']}]";
    let both = values(parameters, rules, &[]);
    assert!(both.first() != both.last() || both == ["", ""], "{both:?}");
    // What was given stays: the other goes with it.
    assert_eq!(values(parameters, rules, &[("A", "")]), ["", ""]);
    let both = values(parameters, rules, &[("B", "abcx")]);
    assert!(both.first().is_some_and(|it| it.starts_with("abc") && it != "abcx"), "{both:?}");
}

#[test]
fn values_meet_what_rules_ask_for() {
    let choice = "{Type: String, AllowedValues: ['No', 'Yes']}";
    for (parameters, assert, given, expected) in [
        (
            format!("  A: {choice}\n  B: {choice}"),
            "!Or [!Equals [!Ref A, 'Yes'], !Equals [!Ref B, 'Yes']]",
            &[][..],
            &["Yes", "No"][..],
        ),
        (
            format!("  A: {choice}\n  B: {choice}"),
            "!Or [!Equals [!Ref A, 'Yes'], !Equals [!Ref B, 'Yes']]",
            &[("A", "No")],
            &["No", "Yes"],
        ),
        // A text that only the rule names.
        (
            "  A: {Type: String}\n  B: {Type: String, Default: live}".to_owned(),
            "!Contains [[live, test], !Ref A]",
            &[],
            &["live"],
        ),
        (
            "  A: {Type: String}\n  B: {Type: String, Default: live}".to_owned(),
            "!Equals [!Ref A, !Ref B]",
            &[],
            &["live"],
        ),
        // Two at once.
        (
            format!("  A: {choice}\n  B: {choice}"),
            "!And [!Equals [!Ref A, 'Yes'], !Equals [!Ref B, 'Yes']]",
            &[],
            &["Yes", "Yes"],
        ),
        // The empty text, where it is taken.
        (
            "  A: {Type: String}\n  B: {Type: Number}".to_owned(),
            "!Implies [!Equals [!Ref B, '1'], !Equals [!Ref A, '']]",
            &[("B", "1")],
            &["", "1"],
        ),
        // All that a type has.
        (
            "  A: {Type: 'AWS::EC2::VPC::Id'}\n  B: {Type: String}".to_owned(),
            "!EachMemberEquals [!RefAll 'AWS::EC2::VPC::Id', !Ref B]",
            &[("B", "vpc-0123456789abcdef0")],
            &["vpc-0123456789abcdef0", "vpc-0123456789abcdef0"],
        ),
    ] {
        let rules = format!("  R: {{Assertions: [{{Assert: {assert}}}]}}");
        assert_eq!(values(&parameters, &rules, given), expected, "{assert}");
    }
}

#[test]
fn another_parameter_changes_where_a_rule_ties_them() {
    let parameters = "  A: {Type: String, AllowedValues: [a, b]}\n  B: {Type: String, AllowedValues: [x, y]}\n  C: {Type: String, Default: c}";
    // B has to change for A to be what it has to be.
    let rules = "  R: {Assertions: [{Assert: !Equals [!Ref A, b]}, {Assert: !Implies [!Equals [!Ref A, b], !Equals [!Ref B, y]]}]}";
    assert_eq!(values(parameters, rules, &[]), ["b", "y"]);
}

#[test]
fn what_nothing_meets_is_told() {
    let parameters = "  A: {Type: String, AllowedValues: [a, b]}\n  B: {Type: String, Default: x}";
    let rules = "  Never: {Assertions: [{Assert: !And [!Equals [!Ref B, y], !Equals [!Ref A, b]], AssertDescription: both}]}";
    let told = filled(parameters, rules, &[]).unwrap_err().to_string();
    let expected = "t:5:33: Rules.Never.Assertions[0].Assert: the parameters do not meet an assertion of the rule Never: \"both\"; \
                    --fill, which leaves defaults as they are, found no values for which it holds: give A, B with --param NAME=VALUE";
    assert_eq!(told, expected);
    // Whoever gave all the values hears of it when they are used.
    let equal = "  N: {Assertions: [{Assert: !Equals [!Ref B, y]}]}";
    let parameters = "  A: {Type: String}\n  B: {Type: String, Default: x}";
    assert!(filled(parameters, equal, &[("B", "x")]).is_ok());
    let told = filled(parameters, equal, &[]).unwrap_err().to_string();
    let own = "it is the template's own defaults that break its own rule, and --fill leaves defaults as they are: give B with --param NAME=VALUE";
    assert!(told.ends_with(own), "{told}");
    // There is an end to the search.
    let many: String =
        (0..12).map(|at| format!("  P{at}: {{Type: String, AllowedValues: [a, b, c, d, e]}}\n")).collect();
    let all: Vec<String> = (0..12).map(|at| format!("!Equals [!Ref P{at}, x]")).collect();
    let never = format!("  N: {{Assertions: [{{Assert: !Or [{}]}}]}}", all.join(", "));
    assert!(filled(&many, &never, &[]).is_err());
}
