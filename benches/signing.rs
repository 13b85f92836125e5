//! One Signature Version 4 signature of a `SignalResource` request, its signing key cached: inside the component, in the
//! same code natively, and by the AWS SDK's `aws-sigv4`, in one run.

#![expect(missing_docs, reason = "criterion's macros make functions without any")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run ends")]

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use cfn_signal::engine::Signer;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{self, Payload, Request, Scope, SigningKeys, SigningSettings as Settings};
use criterion::{Criterion, criterion_group, criterion_main};

const URI: &str = "https://cloudformation.eu-west-1.amazonaws.com/?Action=SignalResource&LogicalResourceId=WebServer\
    &StackName=web&UniqueId=i-0123456789abcdef0&Status=SUCCESS&ContentType=JSON&Version=2010-05-15";
const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn signing(criterion: &mut Criterion) {
    let headers = [("accept".to_owned(), "application/json".to_owned())];
    let request = Request { method: "GET", uri: URI, headers: &headers, payload: Payload::Bytes(&[]) };
    let key = AccessKey {
        id: ID.to_owned(),
        secret: Secret::new(SECRET.to_owned()),
        session_token: None,
        expires_at: None,
    };
    let scope = Scope { region: "eu-west-1", service: "cloudformation", signed_at: 1_700_000_000 };
    let settings = Settings::default();
    let mut group = criterion.benchmark_group("one signature");

    let mut signer = Signer::new().unwrap();
    group.bench_function("component", |bencher| {
        bencher.iter(|| signer.sign(&request, &key, &scope, &settings).unwrap());
    });
    let mut keys = SigningKeys::default();
    group.bench_function("the same code, native", |bencher| {
        bencher.iter(|| sigv4::sign(&request, &key, &scope, &settings, &mut keys).unwrap());
    });
    let identity = Credentials::from_keys(ID, SECRET, None).into();
    group.bench_function("aws-sigv4, native", |bencher| {
        bencher.iter(|| {
            let params = aws_sigv4::sign::v4::SigningParams::builder()
                .identity(&identity)
                .region("eu-west-1")
                .name("cloudformation")
                .time(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000))
                .settings(SigningSettings::default())
                .build()
                .unwrap()
                .into();
            let headers = [("accept", "application/json")].into_iter();
            let request = SignableRequest::new("GET", URI, headers, SignableBody::Bytes(&[])).unwrap();
            aws_sigv4::http_request::sign(request, &params).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
