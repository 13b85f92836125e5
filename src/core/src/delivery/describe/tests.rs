use alloc::borrow::ToOwned;
use alloc::vec;

use super::{Described, described, endpoint, remark, request};
use crate::delivery::{OutcomeKind, PrepareError, ResourceTarget};
use crate::http::Response;
use crate::identity::{AccessKey, Identity, InstanceDocument};

const NOW: u64 = 784_111_777_000;

fn target() -> ResourceTarget {
    ResourceTarget::new("a stack", "Server", "eu-west-1")
}

fn answer(status: u16, body: &str) -> Response {
    let date = ("Date".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned());
    Response { status, headers: vec![date], body: body.into() }
}

#[test]
fn a_resource_is_asked_for_as_whoever_signs() -> Result<(), PrepareError> {
    let plain = request(&target(), None, 0)?;
    assert_eq!(
        plain.uri,
        "https://cloudformation.eu-west-1.amazonaws.com/?Action=DescribeStackResource\
         &LogicalResourceId=Server&StackName=a%20stack&Version=2010-05-15"
    );
    assert!(plain.headers.is_empty());
    let document = InstanceDocument { document: "{}".to_owned().into(), signature: "c2ln".to_owned().into() };
    let instance = request(&target(), Some(&Identity::Instance(document)), 0)?;
    assert_eq!(instance.headers, [("authorization".to_owned(), "CFN_V1 e30=:c2ln".to_owned())]);
    let key = AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: "SK".to_owned().into(),
        session_token: None,
        expires_at: Some(1),
    };
    let signed = request(&target(), Some(&Identity::AccessKey(key)), 1_440_938_160)?;
    let authorization = signed.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    assert!(
        authorization.is_some_and(|(_, it)| it.contains("/20150830/eu-west-1/cloudformation/aws4_request")),
        "{signed:?}"
    );
    assert_eq!(endpoint(&target()).as_deref(), Ok("https://cloudformation.eu-west-1.amazonaws.com/"));
    Ok(())
}

#[test]
fn an_answer_says_who_gave_it_and_when() -> Result<(), PrepareError> {
    let request = request(&target(), None, 0)?;
    let error = "<ErrorResponse><Error><Code>MissingAuthenticationToken</Code>\
                 <Message>Request is missing Authentication Token</Message></Error></ErrorResponse>";
    let of_aws = remark(&request, &answer(403, error), NOW - 600_000, 0);
    assert_eq!((of_aws.is_aws, of_aws.skew), (true, Some(600_000)));
    assert_eq!(of_aws.outcome, Some(OutcomeKind::Credentials));
    assert_eq!(of_aws.text, "403 MissingAuthenticationToken: Request is missing Authentication Token");
    let missing = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Resource Server does not exist for \
                   stack production-web</Message></Error></ErrorResponse>";
    let target = ResourceTarget::new("production-web", "Server", "eu-west-1");
    let missing = remark(&super::request(&target, None, 0)?, &answer(400, missing), NOW, 0);
    assert!(missing.text.ends_with("Resource Server does not exist for stack production-web"), "{missing:?}");
    let page = remark(&request, &answer(503, "<html>"), NOW, 0);
    assert_eq!((page.is_aws, page.text.as_str()), (false, "503"));
    Ok(())
}

#[test]
fn a_resource_is_read() {
    let detail = "<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail>\
                  <ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus><ResourceType>AWS::EC2::Instance</ResourceType>\
                  </StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>";
    let expected =
        Described { kind: "AWS::EC2::Instance".to_owned(), status: "CREATE_IN_PROGRESS".to_owned() };
    assert_eq!(described(&answer(200, detail)), Some(expected));
    assert_eq!(described(&answer(200, "<html></html>")), None);
}
