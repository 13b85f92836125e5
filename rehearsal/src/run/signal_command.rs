//! `cfn-signal` as an instance of the rehearsal has it: it reaches the rehearsal and nothing else, even where a script
//! clears its environment (`env -i`, `sudo`) or names another endpoint, and a wrong region is noticed although every
//! region's endpoint is here.

use std::path::Path;

use super::Surroundings;

/// Where signals to another region go.
pub const ELSEWHERE: &str = "/elsewhere";

/// The command that stands at `/opt/aws/bin/cfn-signal` for `command`.
pub(super) fn script(command: &Path, home: &Path, around: &Surroundings<'_>) -> String {
    let Surroundings { region, endpoint, metadata } = around;
    let command = quoted(&command.to_string_lossy());
    let home = quoted(&home.to_string_lossy());
    format!(
        r#"#!/bin/sh
region=${{AWS_REGION:-${{AWS_DEFAULT_REGION:-{region}}}}} previous=
for word in "$@"; do
    case $previous in --reg | --regi | --regio | --region) region=${{word:-$region}} ;; esac
    case $word in --reg=?* | --regi=?* | --regio=?* | --region=?*) region=${{word#*=}} ;; esac
    previous=$word
done
endpoint={endpoint}
[ "$region" = {region} ] || endpoint={endpoint}{ELSEWHERE}
unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_PROFILE http_proxy https_proxy all_proxy no_proxy
export HOME={home} AWS_ENDPOINT_URL_CLOUDFORMATION="$endpoint"
export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://{metadata}
export HTTP_PROXY={endpoint} HTTPS_PROXY={endpoint} ALL_PROXY={endpoint} NO_PROXY=127.0.0.1,localhost,::1
exec {command} "$@"
"#
    )
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
