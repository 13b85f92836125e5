//! What Amazon's cfn-init, cfn-get-metadata and cfn-hup ask for: the requests of aws-cfn-bootstrap 2.0-25, with each of the
//! identities that it takes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::{Answer, Served};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use serde_json::{Value, json};

const TEMPLATE: &str = "
Parameters:
  Motto: {Type: String, Default: hello}
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
    Metadata:
      AWS::CloudFormation::Init:
        config:
          files:
            /etc/motto: {content: !Sub '${Motto} from ${AWS::StackName}', mode: '000644'}
  Plain: {Type: AWS::SNS::Topic}
";

/// In the helper's order of parameters; each of its requests is a GET, and wants JSON.
fn query(action: &str) -> String {
    format!("Action={action}&LogicalResourceId=Server&StackName=web&ContentType=JSON&Version=2010-05-15")
}

fn by_identity(served: &Served, port: u16, query: &str) -> Answer {
    let accept = ("accept".to_owned(), "application/json".to_owned());
    let identity = ("authorization".to_owned(), served.instance_header(port));
    served.send("GET", &format!("/?{query}"), &[accept, identity], "")
}

/// As the helper reads it: a text of JSON in the detail.
fn metadata(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let json: Value = serde_json::from_str(&answer.body).unwrap();
    let detail = &json["DescribeStackResourceResponse"]["DescribeStackResourceResult"]["StackResourceDetail"];
    assert!(detail["LastUpdatedTimestamp"].as_f64().unwrap() > 0.0);
    serde_json::from_str(detail["Metadata"].as_str().unwrap()).unwrap()
}

fn expected(motto: &str) -> Value {
    let files = json!({"/etc/motto": {"content": format!("{motto} from web"), "mode": "000644"}});
    json!({"AWS::CloudFormation::Init": {"config": {"files": files}}})
}

#[test]
fn a_resources_metadata_is_given_resolved_to_whoever_may_ask() {
    let served = Served::start(TEMPLATE, &[]);
    let port = served.port_of("Server");
    let query = query("DescribeStackResource");
    assert_eq!(metadata(&by_identity(&served, port, &query)), expected("hello"));
    assert_eq!(metadata(&served.signed(&query, &served.key(), 0)), expected("hello"));

    // --role: the credentials of the instance's role, by its name.
    let role = served.metadata(port, "/latest/meta-data/iam/security-credentials/").body;
    let given = served.metadata(port, &format!("/latest/meta-data/iam/security-credentials/{role}")).body;
    let given: Value = serde_json::from_str(&given).unwrap();
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    let key = AccessKey {
        id: text("AccessKeyId"),
        secret: Secret::new(text("SecretAccessKey")),
        session_token: Some(Secret::new(text("Token"))),
        expires_at: None,
    };
    assert_eq!(metadata(&served.signed(&query, &key, 0)), expected("hello"));

    let plain =
        served.result("DescribeStackResource", &[("StackName", "web"), ("LogicalResourceId", "Plain")]);
    assert_eq!(plain["StackResourceDetail"]["Metadata"], Value::Null);
}

#[test]
fn cfn_hup_sees_what_an_update_makes_of_the_metadata() {
    let served = Served::start(TEMPLATE, &[]);
    let port = served.port_of("Server");
    let instance = served.env["CFN_REHEARSE_INSTANCE_Server"].clone();
    assert_eq!(served.signal("Server", &instance, "SUCCESS").status, 200);
    let given = [
        ("StackName", "web"),
        ("UsePreviousTemplate", "true"),
        ("Parameters.member.1.ParameterKey", "Motto"),
        ("Parameters.member.1.ParameterValue", "goodbye"),
    ];
    served.result("UpdateStack", &given);
    let told = by_identity(&served, port, &query("DescribeStackResource"));
    assert_eq!(metadata(&told), expected("goodbye"));
    // Its command hooks have nothing to listen to, and are told so.
    for action in ["RegisterListener", "GetListenerCredentials"] {
        let (code, message) = by_identity(&served, port, &query(action)).error();
        assert_eq!(code, "InvalidAction");
        assert!(message.starts_with(&format!("{action}: a rehearsal has no queues")), "{message}");
    }
}
