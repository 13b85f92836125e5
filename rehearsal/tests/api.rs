//! The Query API: who may call it, what it refuses, and in which words.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::{SERVER, Served, signal_query};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

#[test]
fn a_signed_signal_completes_the_stack() {
    let served = Served::start(SERVER, &["--once"]);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap().clone();
    let answer = served.signal("Server", &instance, "SUCCESS");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.starts_with("{\"SignalResourceResponse\":{\"ResponseMetadata\":{\"RequestId\":\""));
    assert!(answer.head.contains("\r\nx-amzn-requestid: "));
    assert!(answer.head.contains("\r\ndate: "));
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0));
    assert!(events.contains(&format!("Received SUCCESS signal with UniqueId {instance}")), "{events}");
    assert!(events.contains("| CREATE_COMPLETE      | AWS::EC2::Instance         | Server"), "{events}");
}

#[test]
fn a_failure_rolls_back() {
    let served = Served::start(SERVER, &["--once"]);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap().clone();
    assert_eq!(served.signal("Server", &instance, "FAILURE").status, 200);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(1));
    assert!(events.contains("ROLLBACK_COMPLETE"));
}

#[test]
fn signatures_are_verified() {
    let served = Served::start(SERVER, &[]);
    let query = signal_query("web", "Server", "i-1", "SUCCESS");
    let right = served.key();
    let wrong_secret = AccessKey { secret: Secret::new("wrong"), ..right.clone() };
    let unknown = AccessKey { id: "AKIAUNKNOWN".to_owned(), ..right.clone() };
    let with_token = AccessKey { session_token: Some(Secret::new("token")), ..right.clone() };
    for (key, shift, code, text) in [
        (&wrong_secret, 0, "SignatureDoesNotMatch", "The request signature we calculated does not match"),
        (&unknown, 0, "InvalidClientTokenId", "The security token included in the request is invalid."),
        (&with_token, 0, "InvalidClientTokenId", "The security token included in the request is invalid."),
        (&right, -310, "SignatureDoesNotMatch", "Signature expired: "),
        (&right, 310, "SignatureDoesNotMatch", "Signature not yet current: "),
    ] {
        let answer = served.signed(&query, key, shift);
        let (found, message) = answer.error();
        assert_eq!((answer.status, found.as_str()), (403, code), "{message}");
        assert!(message.starts_with(text), "{message}");
        assert!(!answer.body.contains(key.secret.expose()));
    }
    for (shift, unique_id) in [(-280, "early"), (280, "late")] {
        let query = signal_query("web", "Server", unique_id, "SUCCESS");
        assert_eq!(served.signed(&query, &right, shift).status, 200);
    }
}

#[test]
fn an_unsigned_request_is_told_so_in_both_formats() {
    let served = Served::start(SERVER, &[]);
    let answer = served.send("GET", "/?Action=DescribeStacks&Version=2010-05-15", &[], "");
    assert_eq!(answer.status, 403);
    assert!(answer.head.contains("content-type: text/xml"));
    assert!(
        answer.body.starts_with(
            "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error><Type>Sender</Type>\
             <Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error>\
             <RequestId>"
        ),
        "{}",
        answer.body
    );
    let answer = served.send("GET", "/?Action=DescribeStacks&Version=2010-05-15&ContentType=JSON", &[], "");
    assert!(answer.head.contains("content-type: application/json"));
    assert_eq!(answer.error().0, "MissingAuthenticationToken");
    let header = [("authorization".to_owned(), "AWS4-HMAC-SHA256 Credential=a/b/c".to_owned())];
    let answer =
        served.send("GET", "/?Action=DescribeStacks&Version=2010-05-15&ContentType=JSON", &header, "");
    assert_eq!((answer.status, answer.error().0.as_str()), (400, "IncompleteSignature"));
}

#[test]
fn refusals_have_the_services_words() {
    let served = Served::start(SERVER, &[]);
    let stack_id = served.env.get("CFN_REHEARSE_STACK_ID").unwrap();
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap();
    let key = served.key();
    let long = "x".repeat(65);
    for (query, text) in [
        (signal_query("web", "Servr", "i-1", "SUCCESS"), "Resource Servr does not exist for stack web".to_owned()),
        (signal_query("other", "Server", "i-1", "SUCCESS"), "Stack other does not exist".to_owned()),
        (
            signal_query("web", "Server", &long, "SUCCESS"),
            format!(
                "1 validation error detected: Value '{long}' at 'uniqueId' failed to satisfy constraint: Member must \
                 have length less than or equal to 64"
            ),
        ),
        (
            signal_query("web", "Server", "", "GOOD"),
            "2 validation errors detected: Value '' at 'uniqueId' failed to satisfy constraint: Member must have length \
             greater than or equal to 1; Value 'GOOD' at 'status' failed to satisfy constraint: Member must satisfy \
             enum value set: [SUCCESS, FAILURE]"
                .to_owned(),
        ),
        (
            "Action=SignalResource&Version=2010-05-15&StackName=web&UniqueId=i-1&Status=SUCCESS&ContentType=JSON".to_owned(),
            "1 validation error detected: Value null at 'logicalResourceId' failed to satisfy constraint: Member must \
             not be null"
                .to_owned(),
        ),
    ] {
        let answer = served.signed(&query, &key, 0);
        assert_eq!((answer.status, answer.error()), (400, ("ValidationError".to_owned(), text)));
    }
    assert_eq!(
        served.signed("Action=DetectStackDrift&Version=2010-05-15&ContentType=JSON", &key, 0).error().0,
        "InvalidAction"
    );
    assert_eq!(served.signed("ContentType=JSON", &key, 0).error().0, "MissingAction");

    // A foreign unique id is accepted once, and never counts; the stack may be named by its ARN.
    assert_eq!(served.signal("Server", "1234", "SUCCESS").status, 200);
    assert_eq!(
        served.signal("Server", "1234", "SUCCESS").error().1,
        "Signal with ID 1234 for resource Server already exists.  Signals may only be updated with a FAILURE status."
    );
    let by_arn = signal_query(stack_id, "Server", instance, "SUCCESS");
    assert_eq!(served.signed(&by_arn, &key, 0).status, 200);
    assert_eq!(
        served.signal("Server", instance, "SUCCESS").error().1,
        format!("Stack {stack_id} is in CREATE_COMPLETE state and cannot be signaled")
    );
}

#[test]
fn an_instance_calls_for_its_own_stack_only() {
    let two = format!(
        "{SERVER}
  Later:
    Type: AWS::EC2::Instance
    DependsOn: Server
"
    );
    let served = Served::start(&two, &[]);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap();
    let later = served.env.get("CFN_REHEARSE_INSTANCE_Later").unwrap();
    let stack_id = served.env.get("CFN_REHEARSE_STACK_ID").unwrap();
    let call = |authorization: &str, query: &str| {
        served.send(
            "GET",
            &format!("/?{query}"),
            &[("authorization".to_owned(), authorization.to_owned())],
            "",
        )
    };
    let query = signal_query("web", "Server", instance, "SUCCESS");
    let own = served.instance_header(served.port_of("Server"));

    let (_, signature) = own.strip_prefix("CFN_V1 ").unwrap().split_once(':').unwrap();
    let altered = format!("CFN_V1 e30=:{signature}");
    assert_eq!(call(&altered, &query).error().0, "SignatureDoesNotMatch");
    assert_eq!(call("CFN_V1 nonsense", &query).error().0, "IncompleteSignature");

    // A document of another rehearsal's metadata service.
    let stranger = Served::start(SERVER, &[]);
    let foreign = stranger.instance_header(stranger.port);
    assert_eq!(call(&foreign, &query).error().0, "SignatureDoesNotMatch");

    // An instance that the stack has not begun with.
    let early = served.instance_header(served.port_of("Later"));
    assert_eq!(
        call(&early, &query).error(),
        ("ValidationError".to_owned(), format!("Instance {later} in not a member of stack {stack_id}"))
    );

    let elsewhere = call(&own, &signal_query("other", "Server", instance, "SUCCESS"));
    assert_eq!(elsewhere.status, 403);
    assert_eq!(
        elsewhere.error(),
        (
            "AccessDenied".to_owned(),
            format!("Instance {instance} is not allowed to call SignalResource for other")
        )
    );
    assert_eq!(
        call(&own, "Action=DescribeStacks&Version=2010-05-15&ContentType=JSON").error().0,
        "AccessDenied"
    );
    assert_eq!(
        call(&own, "Action=DescribeStackResource&Version=2010-05-15&StackName=web&LogicalResourceId=Server&ContentType=JSON")
            .status,
        200
    );

    assert_eq!(call(&own, &query).status, 200);
    served.await_event("Received SUCCESS signal");
}

#[test]
fn a_posted_form_and_a_session_token_are_verified_too() {
    use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningKeys, SigningSettings, sign};

    let served = Served::start(SERVER, &[]);
    let role = served.metadata(served.port, "/latest/meta-data/iam/security-credentials/").body;
    let path = format!("/latest/meta-data/iam/security-credentials/{role}");
    let credentials: serde_json::Value =
        serde_json::from_str(&served.metadata(served.port, &path).body).unwrap();
    let text = |name: &str| credentials.get(name).and_then(serde_json::Value::as_str).unwrap().to_owned();
    let key = AccessKey {
        id: text("AccessKeyId"),
        secret: Secret::new(text("SecretAccessKey")),
        session_token: Some(Secret::new(text("Token"))),
        expires_at: None,
    };
    let post = |body: &str, sent: &str| {
        let uri = format!("http://127.0.0.1:{}/", served.port);
        let headers =
            [("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        let request = Request {
            method: "POST",
            uri: &uri,
            headers: &headers,
            payload: Payload::Bytes(body.as_bytes()),
        };
        let scope = Scope { region: "us-east-1", service: "cloudformation", signed_at: crate::common::now() };
        let signed =
            sign(&request, &key, &scope, &SigningSettings::default(), &mut SigningKeys::default()).unwrap();
        let headers: Vec<_> = headers.into_iter().chain(signed.headers).collect();
        served.send("POST", "/", &headers, sent)
    };
    let body = "Action=DescribeStacks&Version=2010-05-15&StackName=web";
    let answer = post(body, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("<StackStatus>CREATE_IN_PROGRESS</StackStatus>"), "{}", answer.body);
    assert_eq!(post(body, "Action=DescribeStacks&Version=2010-05-15&StackName=wab").status, 403);
}

#[test]
fn the_stack_can_be_looked_at() {
    let served = Served::start(SERVER, &[]);
    served.await_event("waits for");
    let key = served.key();
    let get = |query: &str| served.signed(query, &key, 0).body;

    let stacks: serde_json::Value =
        serde_json::from_str(&get("Action=DescribeStacks&Version=2010-05-15&ContentType=JSON")).unwrap();
    let stack = stacks.pointer("/DescribeStacksResponse/DescribeStacksResult/Stacks/0").unwrap();
    assert_eq!(stack.get("StackStatus").unwrap(), "CREATE_IN_PROGRESS");
    assert!(stack.get("CreationTime").unwrap().as_f64().unwrap() > 1.7e9);

    let events: serde_json::Value = serde_json::from_str(&get(
        "Action=DescribeStackEvents&Version=2010-05-15&StackName=web&ContentType=JSON",
    ))
    .unwrap();
    let events =
        events.pointer("/DescribeStackEventsResponse/DescribeStackEventsResult/StackEvents").unwrap();
    let told: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it.get("LogicalResourceId").unwrap().as_str().unwrap(), it.get("ResourceStatusReason")))
        .map(|(id, reason)| (id, reason.and_then(serde_json::Value::as_str)))
        .collect();
    let newest_first =
        [("Server", Some("Resource creation Initiated")), ("Server", None), ("web", Some("User Initiated"))];
    assert_eq!(told, newest_first);

    let resources = get("Action=DescribeStackResources&Version=2010-05-15&StackName=web&ContentType=JSON");
    assert!(resources.contains("\"ResourceType\":\"AWS::EC2::Instance\""), "{resources}");
    for (query, text) in [
        (
            "Action=DescribeStacks&Version=2010-05-15&StackName=no&ContentType=JSON",
            "Stack with id no does not exist",
        ),
        (
            "Action=DescribeStackEvents&Version=2010-05-15&StackName=no&ContentType=JSON",
            "Stack [no] does not exist",
        ),
        (
            "Action=DescribeStackResource&Version=2010-05-15&StackName=web&LogicalResourceId=No&ContentType=JSON",
            "Resource No does not exist for stack web",
        ),
    ] {
        assert_eq!(served.signed(query, &key, 0).error(), ("ValidationError".to_owned(), text.to_owned()));
    }
}

#[test]
fn other_paths_are_not_there() {
    let served = Served::start(SERVER, &[]);
    assert_eq!(served.send("GET", "/favicon.ico", &[], "").status, 404);
}

#[test]
fn another_version_and_another_region_are_refused() {
    let served = Served::start(SERVER, &[]);
    let answer = served.signed("Action=DescribeStacks&ContentType=JSON&Version=2009-01-01", &served.key(), 0);
    assert_eq!(answer.error().0, "InvalidAction");
    let query = signal_query("web", "Server", "i-1", "SUCCESS");
    let answer = served.send("GET", &format!("/elsewhere/?{query}"), &[], "");
    assert_eq!(answer.error().1, "Stack web does not exist");
}

#[test]
fn a_template_that_names_what_is_not_there_is_refused_by_whoever_reads_it() {
    let served = Served::account(&[]);
    let template =
        SERVER.replace("Type: AWS::EC2::Instance", "Type: AWS::EC2::Instance\n    DependsOn: Nope");
    assert_ne!(template, SERVER);
    let body = ("TemplateBody", template.as_str());
    for (action, given) in [("ValidateTemplate", &[body][..]), ("CreateStack", &[("StackName", "web"), body])]
    {
        let (code, message) = served.call(action, given).error();
        assert_eq!(code, "ValidationError");
        assert_eq!(
            message,
            "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template"
        );
    }
}
