//! What change sets show of the values that they would change.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use serde_json::{Value, json};

const BEFORE: &str = "
Parameters:
  Word: {Type: String, NoEcho: true}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: one}
  Server:
    Type: AWS::EC2::Instance
    DeletionPolicy: Retain
    Metadata: {a: 1}
    Properties:
      ImageId: ami-1
      SecurityGroupIds: [!Ref Group, sg-2]
      Monitoring: true
      Tags: [{Key: a, Value: b}]
      UserData: {Fn::Base64: !Sub 'say ${Word}'}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: gone}}
";

struct Account(Served);

impl Account {
    /// The change set's changes by logical id, without and with values.
    fn changes(&self, template: &str, word: &str) -> [Value; 2] {
        let given = |value| {
            vec![
                ("StackName", "web"),
                ("TemplateBody", value),
                ("Parameters.member.1.ParameterKey", "Word"),
                ("Parameters.member.1.ParameterValue", word),
            ]
        };
        let mut all = given(template);
        all.push(("ChangeSetName", "first"));
        self.0.result("CreateChangeSet", &all);
        [&[][..], &[("IncludePropertyValues", "true")]].map(|more| {
            let named = [("StackName", "web"), ("ChangeSetName", "first")];
            let described = self.0.result("DescribeChangeSet", &[&named[..], more].concat());
            let changes = described["Changes"].as_array().unwrap().iter().map(|it| &it["ResourceChange"]);
            changes.map(|it| (it["LogicalResourceId"].as_str().unwrap().to_owned(), it.clone())).collect()
        })
    }
}

fn json(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

#[test]
fn values_are_shown_to_who_asks_for_them() {
    let account = Account(Served::account(&[]));
    let parameters = [
        ("StackName", "web"),
        ("TemplateBody", BEFORE),
        ("Parameters.member.1.ParameterKey", "Word"),
        ("Parameters.member.1.ParameterValue", "hunter22"),
    ];
    account.0.result("CreateStack", &parameters);
    let resources = account.0.result("DescribeStackResources", &[("StackName", "web")]);
    let group = resources["StackResources"][0]["PhysicalResourceId"].clone();
    let after = BEFORE
        .replace("GroupDescription: one", "GroupDescription: two")
        .replace("Monitoring: true", "EbsOptimized: true")
        .replace("Value: b", "Value: c")
        .replace(
            "  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: gone}}\n",
            "  Fresh: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Server}}\n",
        );
    let [plain, shown] = account.changes(&after, "hunter33");

    let server = &shown["Server"];
    let later = "{{changeSet:KNOWN_AFTER_APPLY}}";
    // "say ****"
    let (said, properties) = ("c2F5ICoqKio=", ["ImageId", "ami-1"]);
    assert_eq!(
        json(&server["BeforeContext"]),
        json!({"Properties": {
            properties[0]: properties[1], "SecurityGroupIds": [group, "sg-2"], "Monitoring": "true",
            "Tags": [{"Key": "a", "Value": "b"}], "UserData": said,
        }, "Metadata": {"a": "1"}, "DeletionPolicy": "Retain"})
    );
    assert_eq!(
        json(&server["AfterContext"]),
        json!({"Properties": {
            properties[0]: properties[1], "SecurityGroupIds": [later, "sg-2"], "EbsOptimized": "true",
            "Tags": [{"Key": "a", "Value": "c"}], "UserData": said,
        }, "Metadata": {"a": "1"}, "DeletionPolicy": "Retain"})
    );
    let targets: Vec<_> = server["Details"].as_array().unwrap().iter().map(|it| &it["Target"]).collect();
    let target = |name: &str| {
        let found = targets
            .iter()
            .find(|it| it["Path"].as_str().unwrap().starts_with(&format!("/Properties/{name}")));
        let mut found = (*found.unwrap()).clone();
        found.as_object_mut().unwrap().remove("RequiresRecreation");
        found
    };
    let properties =
        |name: &str| json!({"Attribute": "Properties", "Name": name, "Path": format!("/Properties/{name}")});
    let with = |mut it: Value, more: Value| {
        it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        it
    };
    for (name, expected) in [
        (
            "EbsOptimized",
            with(properties("EbsOptimized"), json!({"AfterValue": "true", "AttributeChangeType": "Add"})),
        ),
        (
            "Monitoring",
            with(properties("Monitoring"), json!({"BeforeValue": "true", "AttributeChangeType": "Remove"})),
        ),
        (
            "Tags",
            json!({
                "Attribute": "Tags", "Path": "/Properties/Tags/0/Value", "BeforeValue": "b", "AfterValue": "c",
                "AttributeChangeType": "Modify"
            }),
        ),
        (
            "SecurityGroupIds",
            json!({
                "Attribute": "Properties", "Name": "SecurityGroupIds", "Path": "/Properties/SecurityGroupIds/0",
                "BeforeValue": group, "AfterValue": later, "AttributeChangeType": "Modify"
            }),
        ),
        // What is not to be shown has changed, and that is all that is said.
        (
            "UserData",
            with(
                properties("UserData"),
                json!({"BeforeValue": said, "AfterValue": said, "AttributeChangeType": "Modify"}),
            ),
        ),
    ] {
        assert_eq!(target(name), expected, "{name}");
    }
    let both = |id: &str| [shown[id].get("BeforeContext").is_some(), shown[id].get("AfterContext").is_some()];
    assert_eq!([both("Topic"), both("Fresh"), both("Group")], [[true, false], [false, true], [true, true]]);
    assert!(!shown.to_string().contains("hunter"), "{shown}");
    // Nobody has asked for them here.
    let told = plain.to_string();
    assert!(!["Context", "Value\"", "Path"].iter().any(|it| told.contains(it)), "{told}");
}
