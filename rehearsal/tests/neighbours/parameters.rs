//! SSM's parameters: put, described and tagged, and what stacks have of them.

use serde_json::{Value, json};

use crate::common::Served;
use crate::common::signed::{s3, ssm};

#[test]
fn parameters_are_stacks_resources_or_given() {
    let served = Served::account(&["--resolve", "/given=g"]);
    let template = "
Parameters: {Qualifier: {Type: String, Default: q}}
Resources:
  Version: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: !Sub '/cdk-bootstrap/${Qualifier}/version', Value: '33'}}
";
    let name = "/cdk-bootstrap/q/version";
    let get = || ssm(&served, "GetParameter", &json!({ "Name": name }));
    let (status, missing) = get();
    assert_eq!((status, &missing["__type"]), (400, &json!("ParameterNotFound")));
    let advice = format!("put it, or start cfn-rehearse serve with --resolve {name}=VALUE");
    assert!(missing["message"].as_str().unwrap().ends_with(&advice), "{missing}");
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!(get().1["Parameter"]["Value"], "33");
    let both = ssm(&served, "GetParameters", &json!({ "Names": ["/given", "/none"] })).1;
    assert_eq!(both["Parameters"][0]["Value"], "g");
    assert_eq!(both["InvalidParameters"], json!(["/none"]));
    served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(get().0, 400);
    let (status, refused) = ssm(&served, "GetParameterHistory", &json!({}));
    assert_eq!((status, &refused["__type"]), (400, &json!("UnsupportedOperation")));
    assert!(refused["message"].as_str().unwrap().contains("SSM parameters"), "{refused}");
}

#[test]
fn parameters_are_put_listed_and_deleted() {
    let served = Served::account(&["--resolve", "/app/given=g"]);
    let put = |body: Value| {
        let (_, told) = ssm(&served, "PutParameter", &body);
        told.get("Version").or(told.get("__type")).unwrap().clone()
    };
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "1", "Type": "String" })), 1);
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "2", "Type": "String" })), "ParameterAlreadyExists");
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "2", "Overwrite": true })), 2);
    assert_eq!(put(json!({ "Name": "/app/given", "Value": "2" })), "ParameterAlreadyExists");
    assert_eq!(put(json!({ "Name": "/app/b/c", "Value": "s", "Type": "SecureString" })), 1);
    for wrong in [
        json!({ "Name": "/app/x", "Value": "1" }),
        json!({ "Name": "/app/x", "Value": "1", "Type": "Number" }),
        json!({ "Name": "/app/x", "Value": "", "Type": "String" }),
        json!({ "Name": "app/x", "Value": "1", "Type": "String" }),
    ] {
        assert_eq!(put(wrong.clone()), "ValidationException", "{wrong}");
    }
    assert_eq!(put(json!({ "Name": "/aws/x", "Value": "1", "Type": "String" })), "AccessDeniedException");

    let get = |name: &str, more: Value| {
        let mut body = json!({ "Name": name });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ssm(&served, "GetParameter", &body).1
    };
    assert_eq!(get("/app/a:2", json!({}))["Parameter"]["Value"], "2");
    assert_eq!(get("/app/a:1", json!({}))["Parameter"]["Value"], "1");
    assert_eq!(get("/app/a:3", json!({}))["__type"], "ParameterVersionNotFound");
    assert_eq!(get("/app/b/c", json!({ "WithDecryption": true }))["Parameter"]["Value"], "s");
    assert_ne!(get("/app/b/c", json!({}))["Parameter"]["Value"], "s");
    assert_eq!(
        get("/aws/service/ami-amazon-linux-latest/x", json!({}))["Parameter"]["Value"],
        "ami-0123456789abcdef0"
    );

    let below = |body: Value| {
        let (_, told) = ssm(&served, "GetParametersByPath", &body);
        let names: Vec<_> =
            told["Parameters"].as_array().unwrap().iter().map(|it| it["Name"].clone()).collect();
        (Value::from(names), told["NextToken"].clone())
    };
    assert_eq!(below(json!({ "Path": "/app" })).0, json!(["/app/a", "/app/given"]));
    let (first, next) = below(json!({ "Path": "/app/", "Recursive": true, "MaxResults": 2 }));
    assert_eq!(first, json!(["/app/a", "/app/b/c"]));
    let (second, end) =
        below(json!({ "Path": "/app/", "Recursive": true, "MaxResults": 2, "NextToken": next }));
    assert_eq!((second, end), (json!(["/app/given"]), Value::Null));

    assert_eq!(ssm(&served, "DeleteParameter", &json!({ "Name": "/app/a" })).0, 200);
    assert_eq!(
        ssm(&served, "DeleteParameter", &json!({ "Name": "/app/a" })).1["__type"],
        "ParameterNotFound"
    );
    let gone = ssm(&served, "DeleteParameters", &json!({ "Names": ["/app/b/c", "/app/given"] })).1;
    assert_eq!(gone, json!({ "DeletedParameters": ["/app/b/c"], "InvalidParameters": ["/app/given"] }));
}

#[test]
fn what_is_kept_with_a_parameter_is_described() {
    let served = Served::account(&["--resolve", "/app/given=g"]);
    let ssm = |action, body: Value| ssm(&served, action, &body);
    let put = |body: Value| {
        let mut whole = json!({ "Name": "/x", "Value": "1", "Type": "String" });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let (_, told) = ssm("PutParameter", whole);
        told.get("Tier").or(told.get("__type")).unwrap().clone()
    };
    let policy = json!({ "Type": "Expiration", "Version": "1.0", "Attributes": { "Timestamp": "2030-01-01T00:00:00Z" } });
    let policies = json!([policy]).to_string();
    for (body, code) in [
        (json!({ "Policies": policies }), "ValidationException"),
        (json!({ "Policies": "[{}]", "Tier": "Advanced" }), "InvalidPolicyAttributeException"),
        (json!({ "Tier": "Best" }), "ValidationException"),
        (json!({ "AllowedPattern": "[a-z]+" }), "ParameterPatternMismatchException"),
        (json!({ "Tags": [{ "Key": "a", "Value": "b" }], "Overwrite": true }), "ValidationException"),
    ] {
        assert_eq!(put(body.clone()), code, "{body}");
    }
    let details = json!({
        "Policies": policies, "Tier": "Advanced", "Description": "a size", "AllowedPattern": "[0-9]+",
        "Tags": [{ "Key": "team", "Value": "web" }]
    });
    assert_eq!(put(details), "Advanced");
    assert_eq!(put(json!({ "Value": "2", "Overwrite": true })), "Advanced");
    assert_eq!(put(json!({ "Value": "two", "Overwrite": true })), "ParameterPatternMismatchException");
    ssm("PutParameter", json!({ "Name": "/app/s", "Value": "s", "Type": "SecureString" }));

    let (status, all) = ssm("DescribeParameters", json!({}));
    assert_eq!(status, 200);
    let of = |all: &Value| -> Vec<Value> {
        all["Parameters"].as_array().unwrap().iter().map(|it| it["Name"].clone()).collect()
    };
    assert_eq!(of(&all), ["/app/given", "/app/s", "/x"]);
    let own = &all["Parameters"][2];
    assert_eq!((&own["Description"], &own["AllowedPattern"]), (&json!("a size"), &json!("[0-9]+")));
    assert_eq!((&own["Tier"], &own["Version"], own.get("Value")), (&json!("Advanced"), &json!(2), None));
    assert_eq!(own["Policies"][0]["PolicyType"], "Expiration");
    for (filter, expected) in [
        (json!({ "Key": "Name", "Values": ["/x"] }), vec!["/x"]),
        (json!({ "Key": "Name", "Option": "BeginsWith", "Values": ["/app"] }), vec!["/app/given", "/app/s"]),
        (json!({ "Key": "Name", "Option": "Contains", "Values": ["iv"] }), vec!["/app/given"]),
        (
            json!({ "Key": "Path", "Option": "Recursive", "Values": ["/"] }),
            vec!["/app/given", "/app/s", "/x"],
        ),
        (json!({ "Key": "Path", "Values": ["/app"] }), vec!["/app/given", "/app/s"]),
        (json!({ "Key": "Path", "Values": ["/"] }), vec!["/x"]),
        (json!({ "Key": "Type", "Values": ["SecureString"] }), vec!["/app/s"]),
        (json!({ "Key": "tag:team", "Values": ["web"] }), vec!["/x"]),
        (json!({ "Key": "Tier", "Values": ["Standard"] }), vec!["/app/given", "/app/s"]),
    ] {
        let (_, found) = ssm("DescribeParameters", json!({ "ParameterFilters": [filter] }));
        assert_eq!(of(&found), expected, "{filter}");
    }
    let older = json!({ "Filters": [{ "Key": "Name", "Values": ["/app"] }] });
    assert_eq!(of(&ssm("DescribeParameters", older).1), ["/app/given", "/app/s"]);
    let wrong = json!({ "ParameterFilters": [{ "Key": "Owner", "Values": ["x"] }] });
    assert_eq!(ssm("DescribeParameters", wrong).1["__type"], "InvalidFilterKey");
    let wrong = json!({ "ParameterFilters": [{ "Key": "Name", "Option": "Recursive", "Values": ["/x"] }] });
    assert_eq!(ssm("DescribeParameters", wrong).1["__type"], "InvalidFilterOption");
    let (_, first) = ssm("DescribeParameters", json!({ "MaxResults": 2 }));
    let (_, second) = ssm("DescribeParameters", json!({ "NextToken": first["NextToken"] }));
    assert_eq!((of(&first).len(), of(&second)), (2, vec![json!("/x")]));

    let of_x = json!({ "ResourceType": "Parameter", "ResourceId": "/x" });
    let with = |more: Value| {
        let mut body = of_x.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(ssm("AddTagsToResource", with(json!({ "Tags": [{ "Key": "a", "Value": "b" }] }))).0, 200);
    assert_eq!(ssm("RemoveTagsFromResource", with(json!({ "TagKeys": ["team"] }))).0, 200);
    let (_, tags) = ssm("ListTagsForResource", of_x.clone());
    assert_eq!(tags, json!({ "TagList": [{ "Key": "a", "Value": "b" }] }));
    let none = with(json!({ "ResourceId": "/none" }));
    assert_eq!(ssm("ListTagsForResource", none).1["__type"], "InvalidResourceId");
}

#[test]
fn what_is_put_is_what_stacks_ask_for() {
    let served = Served::account(&["--resolve", "/given=g"]);
    let put = |name: &str, value: &str| {
        let body = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true });
        assert_eq!(ssm(&served, "PutParameter", &body).0, 200);
    };
    put("/size", "t3.large");
    put("/most", "3");
    let kept = "Resources: {Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /least, Value: '2'}}}";
    served.result("CreateStack", &[("StackName", "below"), ("TemplateBody", kept)]);
    let template = "
Parameters: {Size: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /size}}
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT1M}}
    Properties: {MinSize: '{{resolve:ssm:/least}}', MaxSize: '{{resolve:ssm:/most:1}}'}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Size}}
Outputs: {Size: {Value: !Ref Size}}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!(served.instances().len(), 2);
    let id = served.instances()[0]["InstanceId"].as_str().unwrap().to_owned();
    assert_eq!(served.signal("Group", &id, "SUCCESS").status, 200);
    let size = || {
        loop {
            let told = served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].take();
            let status = told["StackStatus"].as_str().unwrap().to_owned();
            if !status.ends_with("_IN_PROGRESS") {
                assert!(status.ends_with("E_COMPLETE"), "{status}");
                return told["Outputs"][0]["OutputValue"].clone();
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    assert_eq!(size(), "t3.large");
    // The same template again is another one, once what it asks for is.
    put("/size", "t3.small");
    let again = [("StackName", "web"), ("UsePreviousTemplate", "true")];
    served.result("UpdateStack", &again);
    assert_eq!(size(), "t3.small");
    assert_eq!(served.call("UpdateStack", &again).error().1, "No updates are to be performed.");
}

#[test]
fn a_dynamic_reference_is_resolved_wherever_it_is_shown_and_a_secret_nowhere() {
    let served = Served::account(&["--resolve", "/given=g", "--resolve", "secretsmanager:db=hunter22"]);
    for (name, value, kind) in [("/size", "3", "String"), ("/secret", "hunter21", "SecureString")] {
        let body = json!({ "Name": name, "Value": value, "Type": kind });
        assert_eq!(ssm(&served, "PutParameter", &body).0, 200);
    }
    s3(&served, "PUT", "/templates", "");
    let below = "Parameters: {Size: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Size: {Value: !Ref Size}}";
    assert_eq!(s3(&served, "PUT", "/templates/below.yaml", below).status, 200);
    let template = "
Resources:
  Named: {Type: AWS::SNS::Topic, Properties: {TopicName: 'of-{{resolve:ssm:/size}}'}}
  Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /kept, Value: '{{resolve:ssm:/size:1}}{{resolve:ssm:/given}}'}}
  Below:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://templates.s3.us-east-1.amazonaws.com/below.yaml
      Parameters: {Size: '{{resolve:ssm:/size}}'}
Outputs:
  Size: {Value: '{{resolve:ssm:/size}} and {{resolve:ssm:/given}}', Export: {Name: 'size-{{resolve:ssm:/size}}'}}
  Topic: {Value: !Ref Named}
  Value: {Value: !GetAtt Kept.Value}
  Unknown: {Value: '{{resolve:ssm:/none}}'}
  Secret: {Value: '{{resolve:secretsmanager:db}}{{resolve:ssm-secure:/secret}}{{resolve:ssm:/secret}}'}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    let stacks = served.result("DescribeStacks", &[]).to_string();
    for expected in [
        "\"3 and g\"",
        "\"size-3\"",
        ":of-3\"",
        "\"3g\"",
        "\"{{resolve:ssm:/none}}\"",
        "\"{{resolve:secretsmanager:db}}{{resolve:ssm-secure:/secret}}{{resolve:ssm:/secret}}\"",
        "\"OutputKey\":\"Size\",\"OutputValue\":\"3\"",
    ] {
        assert!(stacks.contains(expected), "{expected}: {stacks}");
    }
    assert!(!stacks.contains("hunter2"), "{stacks}");
    assert_eq!(ssm(&served, "GetParameter", &json!({ "Name": "/kept" })).1["Parameter"]["Value"], "3g");
    // Another value alone is no update.
    ssm(&served, "PutParameter", &json!({ "Name": "/size", "Value": "4", "Overwrite": true }));
    let (_, message) =
        served.call("UpdateStack", &[("StackName", "web"), ("TemplateBody", template)]).error();
    assert_eq!(message, "No updates are to be performed.");
}
