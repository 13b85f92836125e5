//! What a client needs to know.

use crate::rehearsal::{Principal, Rehearsal};

/// What would lead clients elsewhere, or sign by other keys, whatever else is told.
const OTHERS: [&str; 13] = [
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    // Clients that are to use these take no address that they are given.
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_ENDPOINT_DISCOVERY_ENABLED",
];

/// The addresses of single services, which go before the one of all.
const ADDRESSES: &str = r"$(env | sed -n 's/^\(AWS_ENDPOINT_URL_[A-Z0-9_]*\)=.*/\1/p')";

/// `export NAME='VALUE'`, one a line, after an `unset` of what would go before them. The keys are the rehearsal's own.
pub(super) fn exports(rehearsal: &Rehearsal) -> Vec<String> {
    let (account, endpoint) = (&rehearsal.account, rehearsal.endpoint());
    let mut lines = vec![format!("unset {} {ADDRESSES}", OTHERS.join(" "))];
    lines.extend(rehearsal.principal.iter().flat_map(of_stack));
    lines.extend([
        // Every service's: none is to be asked for by a key that only the rehearsal knows.
        export("AWS_ENDPOINT_URL", &endpoint),
        export("AWS_ENDPOINT_URL_CLOUDFORMATION", &endpoint),
        export("AWS_ENDPOINT_URL_STS", &endpoint),
        export("AWS_ENDPOINT_URL_SSM", &endpoint),
        export("AWS_ENDPOINT_URL_S3", &endpoint),
        export("AWS_ENDPOINT_URL_EC2", &endpoint),
        export("AWS_ENDPOINT_URL_IAM", &endpoint),
        metadata(rehearsal, &endpoint),
        export("AWS_REGION", &account.region),
        export("AWS_DEFAULT_REGION", &account.region),
        export("AWS_ACCESS_KEY_ID", &account.key.id),
        export("AWS_SECRET_ACCESS_KEY", account.key.secret.expose()),
        export("NO_PROXY", "127.0.0.1,localhost,::1"),
        export("no_proxy", "127.0.0.1,localhost,::1"),
    ]);
    lines
}

/// Where the metadata is of the instance that whoever reads this plays. Where none is there yet, the keys sign: whoever
/// answers there is no member of any stack, and what its identity signs would be refused until the deadline.
fn metadata(rehearsal: &Rehearsal, endpoint: &str) -> String {
    let own = Some(rehearsal.address);
    if rehearsal.instances().iter().any(|it| it.metadata == own) {
        export("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
    } else {
        export("AWS_EC2_METADATA_DISABLED", "true")
    }
}

fn of_stack(principal: &Principal) -> Vec<String> {
    let mut lines = vec![
        export("CFN_REHEARSE_STACK", &principal.deployed.name),
        export("CFN_REHEARSE_STACK_ID", &principal.deployed.id),
    ];
    for instance in &principal.instances {
        let id = &instance.logical_id;
        lines.push(export(&format!("CFN_REHEARSE_INSTANCE_{id}"), &instance.instance_id));
        if let Some(metadata) = instance.metadata {
            lines.push(export(&format!("CFN_REHEARSE_METADATA_{id}"), &format!("http://{metadata}")));
        }
    }
    for handle in &principal.handles {
        lines.push(export(&format!("CFN_REHEARSE_HANDLE_{}", handle.logical_id), handle.url.expose()));
    }
    lines
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}='{}'", value.replace('\'', r"'\''"))
}
