use cfn_signal_core::delivery::CredentialsError;
use cfn_signal_core::endpoint::EndpointVariant;

use super::answer::Answer;
use super::error::{Prospect, TagsError};
use super::url;

#[test]
fn ec2_has_an_endpoint_in_every_partition() {
    let [plain, fips, dual_stack] = [(false, false), (true, false), (false, true)]
        .map(|(fips, dual_stack)| EndpointVariant { fips, dual_stack });
    for (region, variant, expected) in [
        ("eu-west-1", plain, "https://ec2.eu-west-1.amazonaws.com"),
        ("us-east-1", fips, "https://ec2-fips.us-east-1.amazonaws.com"),
        ("us-gov-west-1", fips, "https://ec2.us-gov-west-1.amazonaws.com"),
        ("eu-west-1", dual_stack, "https://ec2.eu-west-1.api.aws"),
        ("cn-north-1", plain, "https://ec2.cn-north-1.amazonaws.com.cn"),
    ] {
        assert_eq!(url(region, variant).as_deref(), Ok(expected));
    }
    assert!(url("us east 1", plain).is_err());
}

#[test]
fn answers_are_read_whole_or_not_at_all() {
    let whole = "\u{feff}<?xml version=\"1.0\"?><DescribeTagsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
        <requestId>r</requestId><tagSet><item><resourceId>i-1</resourceId><key>a</key><value>x &amp; &#121;</value>\
        </item><item><key>b</key><value/></item></tagSet></DescribeTagsResponse>";
    let pairs = |pairs: &[(&str, &str)]| -> Option<Vec<(String, String)>> {
        Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    };
    assert_eq!(Answer::read(whole).tags, pairs(&[("a", "x & y"), ("b", "")]));
    assert_eq!(Answer::read("<DescribeTagsResponse><tagSet/></DescribeTagsResponse>").tags, pairs(&[]));
    for other in
        ["", "{}", "<html><item><key>a</key><value>b</value></item></html>", &whole[..whole.len() - 30]]
    {
        assert_eq!(Answer::read(other).tags, None, "{other}");
    }
    let error = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors>\
        <RequestID>r</RequestID></Response>";
    let error = Answer::read(error);
    assert_eq!((error.code.as_str(), error.message.as_str()), ("UnauthorizedOperation", "No."));
    assert_eq!((error.request_id.as_str(), Answer::read("<Response/>").request_id.as_str()), ("r", ""));
}

#[test]
fn what_may_pass_is_told_from_what_does_not() {
    let refused =
        |status, code: &str| TagsError::Refused { status, code: code.to_owned(), message: String::new() };
    for (error, prospect) in [
        (refused(503, "RequestLimitExceeded"), Prospect::Passing),
        (refused(500, ""), Prospect::Passing),
        (refused(429, "X"), Prospect::Passing),
        (refused(400, "Throttling"), Prospect::Passing),
        (refused(407, ""), Prospect::Passing),
        (refused(403, "UnauthorizedOperation"), Prospect::Early),
        (refused(401, "AuthFailure"), Prospect::Early),
        (refused(400, "RequestExpired"), Prospect::Early),
        (refused(400, "InvalidParameterValue"), Prospect::Lasting),
        (TagsError::Unreadable, Prospect::Passing),
        (TagsError::Untagged { key: String::new(), instance: String::new() }, Prospect::Early),
        (TagsError::Credentials(CredentialsError::Temporary(String::new())), Prospect::Passing),
        (TagsError::Credentials(CredentialsError::Permanent(String::new())), Prospect::Lasting),
    ] {
        assert_eq!(error.prospect(), prospect, "{error}");
    }
    assert!(refused(403, "UnauthorizedOperation").is_denied() && !refused(401, "AuthFailure").is_denied());
    assert_eq!(refused(403, "").to_string(), "EC2 answered 403");
}
