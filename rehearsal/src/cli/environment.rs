//! What a client needs to know.

use crate::rehearsal::Rehearsal;

/// `export NAME='VALUE'`, one a line, after an `unset` of what would go before the keys. They are the rehearsal's own.
pub(super) fn exports(rehearsal: &Rehearsal) -> Vec<String> {
    let endpoint = rehearsal.endpoint();
    let mut lines = vec![
        "unset AWS_SESSION_TOKEN AWS_PROFILE".to_owned(),
        export("AWS_ENDPOINT_URL_CLOUDFORMATION", &endpoint),
        export("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint),
        export("AWS_REGION", &rehearsal.region),
        export("AWS_DEFAULT_REGION", &rehearsal.region),
        export("AWS_ACCESS_KEY_ID", &rehearsal.key.id),
        export("AWS_SECRET_ACCESS_KEY", rehearsal.key.secret.expose()),
        export("NO_PROXY", "127.0.0.1,localhost,::1"),
        export("no_proxy", "127.0.0.1,localhost,::1"),
        export("CFN_REHEARSE_STACK", &rehearsal.stack.name),
        export("CFN_REHEARSE_STACK_ID", &rehearsal.stack.id),
    ];
    for instance in &rehearsal.instances {
        let id = &instance.logical_id;
        lines.push(export(&format!("CFN_REHEARSE_INSTANCE_{id}"), &instance.instance_id));
        lines.push(export(&format!("CFN_REHEARSE_METADATA_{id}"), &format!("http://{}", instance.metadata)));
    }
    for handle in &rehearsal.handles {
        lines.push(export(&format!("CFN_REHEARSE_HANDLE_{}", handle.logical_id), handle.url.expose()));
    }
    lines
}

fn export(name: &str, value: &str) -> String {
    format!("export {name}='{}'", value.replace('\'', r"'\''"))
}
