//! Who this is, and what would be signalled as whom.

use std::time::Duration;

use cfn_signal_command_line::{Hardware, Platform as _};
use cfn_signal_core::delivery::{Freshness, IdentityRequest, describe};
use cfn_signal_core::identity::Identity;
use cfn_signal_instance::imds::{ImdsError, Manner};

use super::finding::{Finding, Level};
use super::survey::Survey;

/// For tags, which may be late on a new instance.
const TAGS: Duration = Duration::from_secs(4);

const HOP_LIMIT: &str = "in a container raise the hop limit: aws ec2 modify-instance-metadata-options \
                         --http-put-response-hop-limit 2 --instance-id, or MetadataOptions in the template";

/// Whether the metadata service answers, and how.
pub(super) fn metadata(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "metadata";
    let imds = survey.look.imds();
    let warning = |message: String, fix: &str| Finding::bad(CHECK, Level::Warning, message, fix);
    let error = match imds.instance_id() {
        Ok(id) => {
            let finding = match imds.manner() {
                Some(Manner::TokenLost) => warning(
                    format!("{id}; its token does not arrive, and it answers without (IMDSv1)"),
                    HOP_LIMIT,
                ),
                Some(Manner::NoTokens) => warning(
                    format!("{id}; it gives no token (IMDSv1)"),
                    "whatever answers in EC2's place should give tokens (IMDSv2)",
                ),
                _ => Finding::ok(CHECK, format!("{id}, asked with a token (IMDSv2)")),
            };
            survey.instance = Some(id);
            return finding;
        }
        Err(error) => error,
    };
    let on_ec2 = survey.platform.hardware() != Hardware::Unknown;
    match error {
        ImdsError::HopLimited => warning(error.to_string(), HOP_LIMIT),
        ImdsError::Disabled | ImdsError::Unreachable(_) if !on_ec2 => {
            Finding::ok(CHECK, format!("none, and nothing says that this is an EC2 instance: {error}"))
        }
        _ => warning(
            error.to_string(),
            "switch it on (MetadataOptions, HttpEndpoint: enabled), and let nothing stand between: no proxy, no firewall",
        ),
    }
}

/// The region, and where it comes from.
pub(super) fn region(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "region";
    let found = survey.look.region();
    survey.target.region.clone_from(&found.value);
    match found.stands_in {
        None => Finding::ok(CHECK, format!("{} ({})", found.value, found.origin)),
        Some(why) => Finding::bad(CHECK, Level::Warning, why, "--region, or AWS_REGION"),
    }
}

/// The stack and the resource, where they are named or found.
pub(super) fn resource(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "target";
    if survey.options.discover {
        let patience = survey.left() / 3;
        survey.look.imds().within(patience.min(TAGS));
    }
    let found = survey.look.resource(&survey.target.region);
    survey.look.imds().within(survey.left());
    match found {
        Ok(target) => survey.target = target,
        Err(why) => {
            let fix = "InstanceMetadataTags: enabled in the template, or --stack and --resource";
            return Finding::bad(CHECK, Level::Failed, why.trim_start_matches("Error: "), fix);
        }
    }
    if let Err(error) = describe::endpoint(&survey.target) {
        return Finding::bad(CHECK, Level::Failed, error.to_string(), "--region and --url");
    }
    if survey.is_wait_condition() {
        Finding::ok(CHECK, "a wait condition, by its handle's URL")
    } else if survey.has_resource() {
        let target = &survey.target;
        Finding::ok(CHECK, format!("{} of the stack {}", target.logical_id, target.stack))
    } else {
        Finding::ok(CHECK, "none is given: --stack and --resource, --discover or a handle's URL")
    }
}

/// The unique id, and whether it is this instance's.
pub(super) fn unique_id(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "unique-id";
    let warning = |message: String, fix: &str| Finding::bad(CHECK, Level::Warning, message, fix);
    let found = match survey.look.unique_id() {
        Ok(found) => found,
        Err(why) => return Finding::bad(CHECK, Level::Failed, why.trim_start_matches("Error: "), "--id"),
    };
    survey.id = Some(found.value.clone());
    if survey.is_wait_condition() {
        return Finding::ok(
            CHECK,
            format!("{} ({}); a wait condition counts any", found.value, found.origin),
        );
    }
    match (&survey.instance, found.stands_in) {
        (Some(instance), _) if *instance != found.value => warning(
            format!(
                "{} ({}) is not this instance's, {instance}: of an instance or a group such a signal is taken, and never counted",
                found.value, found.origin
            ),
            "leave --id out",
        ),
        (None, Some(why)) => warning(
            why,
            "give an instance's or a group's signal the instance's id (--id), or mend the metadata",
        ),
        _ => Finding::ok(CHECK, format!("{} ({})", found.value, found.origin)),
    }
}

/// Whether there is somebody to sign as, and who.
pub(super) fn credentials(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "credentials";
    if survey.is_wait_condition() {
        return Finding::ok(CHECK, "not needed: a handle's URL is signed already");
    }
    if let Some(finding) = survey.out_of_time(CHECK) {
        return finding;
    }
    let mut finder = survey.look.finder(&survey.target);
    let left = u32::try_from(survey.left().as_millis()).unwrap_or(u32::MAX);
    match finder.find(IdentityRequest::new(Freshness::Cached, left)) {
        Ok(identity) => {
            let used = finder.used().map(ToString::to_string).unwrap_or_default();
            let needs = match identity {
                Identity::Instance(_) => "needs no permission of IAM",
                Identity::AccessKey(_) => "needs cloudformation:SignalResource",
            };
            survey.identity = Some(identity);
            Finding::ok(CHECK, format!("{used}, which {needs}"))
        }
        Err(error) => Finding::bad(
            CHECK,
            Level::Failed,
            error.to_string(),
            "signal from the instance itself, or give it a role, or keys (AWS_ACCESS_KEY_ID and the rest of AWS's chain)",
        ),
    }
}
