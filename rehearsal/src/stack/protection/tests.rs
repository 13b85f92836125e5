#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

const DATABASE: &str = "AWS::RDS::DBInstance";

fn statements(statements: &str) -> Result<StackPolicy, String> {
    StackPolicy::parse(&format!(r#"{{"Statement": {statements}}}"#))
}

fn statement(effect: &str, action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": {action}, "Resource": {resource}}}"#)
}

fn everything() -> String {
    statement("Allow", r#""Update:*""#, r#""*""#)
}

#[test]
fn what_is_denied_is_denied_whatever_allows_it_and_says_by_which() {
    let deny = statement("Deny", r#"["Update:Replace", "Update:Delete"]"#, r#""LogicalResourceId/Db*""#);
    for order in [[everything(), deny.clone()], [deny, everything()]] {
        let policy = statements(&format!("[{}]", order.join(","))).unwrap();
        let reason = "Action denied by stack policy: Statement [#1] does not allow [Update:Replace, Update:Delete] for resource \
                      [LogicalResourceId/Db*];";
        assert_eq!(policy.denial(Deed::Replace, "Db1", DATABASE).as_deref(), Some(reason));
        assert_eq!(policy.denial(Deed::Delete, "Db", DATABASE).as_deref(), Some(reason));
        assert_eq!(policy.denial(Deed::Modify, "Db", DATABASE), None);
        assert_eq!(policy.denial(Deed::Delete, "Web", DATABASE), None);
    }
}

#[test]
fn what_no_statement_allows_is_not_allowed() {
    let policy =
        statements(&statement("Allow", r#""Update:Modify""#, r#"["LogicalResourceId/Web"]"#)).unwrap();
    assert_eq!(policy.denial(Deed::Modify, "Web", "AWS::EC2::Instance"), None);
    for (deed, id) in [(Deed::Replace, "Web"), (Deed::Modify, "Other")] {
        let reason = policy.denial(deed, id, "AWS::EC2::Instance");
        assert_eq!(reason.as_deref(), Some("Action not allowed by stack policy"), "{id}");
    }
    // Of none at all everything is.
    for empty in ["{}", r#"{"Statement": []}"#] {
        assert_eq!(StackPolicy::parse(empty).unwrap().denial(Deed::Delete, "Web", DATABASE), None);
    }
}

#[test]
fn a_statement_may_say_what_it_does_not_mean_and_of_which_types() {
    let policy = statements(
        r#"[{"Effect": "Allow", "Principal": "*", "NotAction": "Update:Delete", "NotResource": "LogicalResourceId/Web"},
            {"Effect": "Deny", "Principal": "*", "Action": "Update:*", "Resource": "*",
             "Condition": {"StringLike": {"ResourceType": ["AWS::RDS::*", "AWS::EC2::VPC"]}}}]"#,
    )
    .unwrap();
    let topic = "AWS::SNS::Topic";
    assert_eq!(policy.denial(Deed::Modify, "Topic", topic), None);
    assert_eq!(policy.denial(Deed::Delete, "Topic", topic).as_deref(), Some(NOT_ALLOWED));
    assert_eq!(policy.denial(Deed::Modify, "Web", topic).as_deref(), Some(NOT_ALLOWED));
    assert!(policy.denial(Deed::Modify, "Db", DATABASE).is_some_and(|it| it.starts_with("Action denied")));
    let equals =
        everything().replace('}', r#", "Condition": {"StringEquals": {"ResourceType": "AWS::SNS::Topic"}}}"#);
    let policy = statements(&equals).unwrap();
    assert_eq!(policy.denial(Deed::Delete, "Topic", topic), None);
    assert_eq!(policy.denial(Deed::Delete, "Db", DATABASE).as_deref(), Some(NOT_ALLOWED));
}

#[test]
fn what_is_no_policy_is_told() {
    let told = |text: &str| statements(text).unwrap_err();
    // Misspelt it would allow everything.
    let misspelt = StackPolicy::parse(r#"{"Statements": []}"#).unwrap_err();
    assert_eq!(misspelt, "Invalid stack policy: it has no Statement");
    assert!(statements(&everything().replace('{', r#"{"Sid": "all", "#)).is_ok());
    for none in ["{", "[]", "2", r#"{"Statement": [["Allow", "*", ["Update:*"], [], ["*"], [], null]]}"#] {
        assert_eq!(StackPolicy::parse(none).unwrap_err(), "Invalid stack policy", "{none}");
    }
    for (text, why) in [
        (statement("Allow", r#""Delete:*""#, r#""*""#), "Delete:* is none of Update:Modify"),
        (statement("Perhaps", r#""Update:*""#, r#""*""#), "unknown variant `Perhaps`"),
        (statement("Allow", r#""Update:*""#, r#""Web""#), "Web is neither * nor LogicalResourceId/"),
        (everything().replace(r#""Principal": "*""#, r#""Principal": "me""#), "Principal is \"*\""),
        (everything().replace(r#", "Resource": "*""#, ""), "has no Resource"),
        (everything().replace('}', r#", "NotAction": "Update:*"}"#), "has Action and NotAction"),
        (everything().replace('}', r#", "Conditions": {}}"#), "unknown field `Conditions`"),
        (everything().replace(r#""Effect": "Allow", "#, ""), "missing field `Effect`"),
        (everything().replace('}', r#", "Condition": {"IpAddress": {}}}"#), "unknown field `IpAddress`"),
    ] {
        assert!(told(&text).contains(why), "{text}: {}", told(&text));
    }
}

#[test]
fn what_it_names_is_looked_for() {
    let named = |resource: &str| statements(&statement("Deny", r#""Update:*""#, resource)).unwrap();
    let known = |id: &str| id == "Web";
    let none = named(r#"["*", "LogicalResourceId/Web", "LogicalResourceId/Other*"]"#);
    assert_eq!(none.unknown(known), None);
    assert_eq!(named(r#""LogicalResourceId/Db""#).unknown(known), Some("LogicalResourceId/Db"));
}
