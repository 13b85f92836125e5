//! `cfn-signal` as an instance of the rehearsal has it: it reaches the rehearsal and nothing else, even where a script
//! clears its environment (`env -i`, `sudo`) or names another endpoint (`--url`, as the CDK writes it), and a wrong region is noticed although every
//! region's endpoint is here.

use std::path::Path;

use super::Surroundings;
use crate::paths::ELSEWHERE;

/// The command that stands at `/opt/aws/bin/cfn-signal` for `command`.
pub(super) fn script(command: &Path, home: &Path, around: &Surroundings<'_>) -> String {
    let Surroundings { region, endpoint, metadata } = around;
    let command = quoted(&command.to_string_lossy());
    let home = quoted(&home.to_string_lossy());
    format!(
        r#"#!/bin/sh
region=${{AWS_REGION:-${{AWS_DEFAULT_REGION:-{region}}}}} previous= url=
for word in "$@"; do
    case $previous in
        --reg | --regi | --regio | --region) region=${{word:-$region}} ;;
        -u | --u | --ur | --url) url=$word ;;
    esac
    case $word in
        --reg=?* | --regi=?* | --regio=?* | --region=?*) region=${{word#*=}} ;;
        --u=* | --ur=* | --url=*) url=${{word#*=}} ;;
        -u?*) url=${{word#-u}} ;;
    esac
    previous=$word
done
endpoint={endpoint}
[ "$region" = {region} ] || endpoint={endpoint}{ELSEWHERE}
# The service's own address stands for this one; the wrong region's for none.
case $url in
    '' | http://127.* | http://localhost* | http://\[::1\]*) ;;
    *)
        case $url in *.{region}.* | *.{region}) ;; *) endpoint={endpoint}{ELSEWHERE} ;; esac
        count=$# previous=
        while [ "$count" -gt 0 ]; do
            word=$1 count=$((count - 1))
            shift
            case $previous in -u | --u | --ur | --url) word=$endpoint ;; esac
            previous=$word
            case $word in
                --u=* | --ur=* | --url=*) word=--url=$endpoint ;;
                -u?*) word=-u$endpoint ;;
            esac
            set -- "$@" "$word"
        done
        ;;
esac
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
