use aws_credential_types::provider::error::CredentialsError;

use super::super::asked::{Asked, Reply};
use super::Prospect::{Early, Lasting, Passing};
use super::{in_words, of};

#[test]
fn an_answers_headers_and_body_are_not_shown() {
    for (text, shown) in [
        (
            "error response (code: 500). Response { status: StatusCode(500), headers: {\"a\": \"s3cr3t\"}",
            "error response (code: 500)",
        ),
        (
            "unhandled error (AccessDenied): Error { code: \"AccessDenied\", message: \"no way\", x: \"s3cr3t\" }",
            "unhandled error (AccessDenied): no way",
        ),
        ("Error { code: \"NoWay\", message: \"no way\" }", "no way"),
        ("unhandled error: Error { code: \"s3cr3t\" }", "unhandled error"),
        ("expected object key, found: Some(ValueString { value: \"s3cr3t\" })", "expected object key, found"),
        ("status from the provider: StatusCode(404)", "status from the provider"),
        (
            "[AssumeRoleUnauthorizedAccess] EC2 cannot assume the role app.",
            "[AssumeRoleUnauthorizedAccess] EC2 cannot assume the role app",
        ),
        ("unhandled error (Throttling)", "unhandled error (Throttling)"),
    ] {
        assert_eq!(in_words(text), shown);
    }
}

#[test]
fn what_may_pass_and_what_stays() {
    let asked = |reply| Some(Asked { host: "h".to_owned(), reply });
    let failed = || CredentialsError::provider_error("no");
    let deep = || CredentialsError::provider_error(CredentialsError::provider_error("not XML"));
    let cases = [
        (failed(), None, Lasting),
        (failed(), asked(Reply::None), Passing),
        (failed(), asked(Reply::Busy(503)), Passing),
        (failed(), asked(Reply::Status(404)), Early),
        (failed(), asked(Reply::Status(403)), Lasting),
        (failed(), asked(Reply::Status(200)), Lasting),
        (deep(), asked(Reply::Status(200)), Passing),
        (deep(), asked(Reply::Status(403)), Lasting),
        (CredentialsError::unhandled("half a document"), asked(Reply::Status(200)), Passing),
        (CredentialsError::unhandled("a file"), None, Lasting),
        (CredentialsError::not_loaded("no role"), asked(Reply::Status(404)), Early),
        (CredentialsError::not_loaded("nobody"), asked(Reply::None), Passing),
        (CredentialsError::not_loaded_no_source(), None, Lasting),
        (CredentialsError::invalid_configuration("no"), asked(Reply::None), Lasting),
        (CredentialsError::provider_timed_out(std::time::Duration::from_secs(1)), None, Passing),
    ];
    for (error, asked, prospect) in cases {
        assert_eq!(of(&error, asked.as_ref()).prospect, prospect, "{error:?} {asked:?}");
    }
}

#[test]
fn who_refused_is_said() {
    let asked = Asked { host: "169.254.169.254".to_owned(), reply: Reply::Busy(503) };
    let found = of(&CredentialsError::provider_error("no token"), Some(&asked));
    assert_eq!(found.why, "no token: 169.254.169.254 answered 503");
    let asked = Asked { host: "sts".to_owned(), reply: Reply::Status(200) };
    let found = of(&CredentialsError::unhandled("not XML"), Some(&asked));
    assert_eq!(found.why, "not XML: sts answered 200");
}
