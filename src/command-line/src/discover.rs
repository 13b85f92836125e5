//! `--discover`: the stack and the logical id, from the instance's tags.
//!
//! The metadata is asked first, and needs no permission. Where it does not offer tags EC2 is, with credentials.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cfn_signal_core::delivery::{CredentialsError, Freshness, IdentityRequest, ResourceTarget, Target};
use cfn_signal_core::identity::{AccessKey, Identity};
use cfn_signal_instance::ec2::{self, Question, TagsError};
use cfn_signal_instance::finder::{Auth, Chain, Explicit, Finder};
use cfn_signal_instance::http::Http;
use cfn_signal_instance::imds::{Imds, ImdsError};

use super::conceal::conceal;
use super::defaults::{self, Instance, Known, Patience};
use super::options::Options;
use super::platform::Platform;

const STACK: &str = "aws:cloudformation:stack-name";
const LOGICAL_ID: &str = "aws:cloudformation:logical-id";

/// What was found.
pub(super) struct Discovered {
    pub stack: String,
    pub logical_id: String,
    /// The region, where it had to be known for this.
    pub region: Option<Known>,
}

/// Who is asked, and as whom.
pub(super) struct Search<'a, P: Platform> {
    pub platform: &'a P,
    pub options: &'a Options,
    pub explicit: Option<&'a Explicit>,
    pub http: &'a Arc<P::Http>,
    pub imds: &'a Rc<Imds<P::Http>>,
    pub instance: &'a Instance<'a, P::Http>,
}

impl<P: Platform> Search<'_, P> {
    /// What is given, else the instance's tags.
    pub(super) fn run(
        &self,
        stack: Option<String>,
        logical_id: Option<String>,
    ) -> Result<Discovered, String> {
        if let (Some(stack), Some(logical_id)) = (&stack, &logical_id) {
            let (stack, logical_id) = (stack.clone(), logical_id.clone());
            return Ok(Discovered { stack, logical_id, region: None });
        }
        let asks_ec2 = P::ASKS_EC2 && self.options.auth != Auth::Instance;
        // Where nobody else knows them they may yet come: an instance that has only just begun has its tags some seconds later.
        // Where EC2 does, the service itself has to be there: one that has no id yet has no tags yet, either.
        let worth = |error: &ImdsError| match error {
            ImdsError::NotFound(_) if asks_ec2 => {
                let begun = self.imds.instance_id();
                begun.is_err_and(|error| self.imds.may_yet_come(&error))
            }
            error => self.imds.may_yet_come(error),
        };
        let discovered = match self.tags(&stack, &logical_id, worth) {
            Ok(discovered) => discovered,
            Err(lack @ ImdsError::NotFound(_)) if asks_ec2 => {
                let of_ec2 = self.ask_ec2(stack.clone(), logical_id.clone(), &lack);
                // By now they may be where they were not.
                of_ec2.or_else(|why| self.tags(&stack, &logical_id, |_| false).map_err(|_| why))?
            }
            Err(error) => {
                let advice = match error {
                    ImdsError::NotFound(_) => {
                        "allow instance tags in metadata (InstanceMetadataTags: enabled), or "
                    }
                    _ => "",
                };
                return Err(refusal(&format!("{error}: {advice}give --stack and --resource")));
            }
        };
        let Discovered { stack, logical_id, .. } = &discovered;
        tracing::info!(stack = conceal(stack), logical_id = conceal(logical_id), "discovered");
        Ok(discovered)
    }

    /// What is given, else what the metadata offers, asked for as long as it is `worth` it.
    fn tags(
        &self,
        stack: &Option<String>,
        logical_id: &Option<String>,
        worth: impl Fn(&ImdsError) -> bool,
    ) -> Result<Discovered, ImdsError> {
        let tag = |given: &Option<String>, key: &str, fits: fn(&str) -> bool| match given {
            Some(value) => Ok(value.clone()),
            None => self.instance.wait(|imds| imds.tag(key, fits), &worth),
        };
        let stack = tag(stack, STACK, is_stack)?;
        Ok(Discovered { stack, logical_id: tag(logical_id, LOGICAL_ID, is_logical_id)?, region: None })
    }

    fn ask_ec2(
        &self,
        stack: Option<String>,
        logical_id: Option<String>,
        lack: &ImdsError,
    ) -> Result<Discovered, String> {
        tracing::info!(%lack, "asking EC2 for the instance's tags");
        let patience = self.imds.left().unwrap_or(Duration::MAX);
        let started = Instant::now();
        let instance = self
            .instance
            .wait(Imds::instance_id, |error| self.imds.may_yet_come(error))
            .map_err(|error| refusal(&format!("{error}: give --stack and --resource")))?;
        let region = defaults::region(self.options, Patience::Whole, self.instance);
        let wanted = [stack.is_none().then_some(STACK), logical_id.is_none().then_some(LOGICAL_ID)];
        let keys: Vec<&str> = wanted.into_iter().flatten().collect();
        let answer = self.question(&instance, &region.value, &keys).and_then(|question| {
            let left = patience.saturating_sub(started.elapsed());
            let mut finder = self.finder(&region.value);
            let key = |left| key(&mut finder, left);
            let known = || self.tags(&stack, &logical_id, |_| false).is_ok();
            ec2::tags(self.http.as_ref(), &question, key, known, left)
        });
        let values = answer.map_err(|error| {
            let whose = if error.is_denied() { " to the credentials" } else { "" };
            refusal(&format!(
                "{lack}; {error}: allow instance tags in metadata (InstanceMetadataTags: enabled), or \
                 ec2:DescribeTags{whose}, or give --stack and --resource"
            ))
        })?;
        let mut values = values.into_iter();
        let stack = stack.or_else(|| values.next()).unwrap_or_default();
        let logical_id = logical_id.or_else(|| values.next()).unwrap_or_default();
        Ok(Discovered { stack, logical_id, region: Some(region) })
    }

    fn question<'q>(
        &self,
        instance: &'q str,
        region: &'q str,
        keys: &'q [&'q str],
    ) -> Result<Question<'q>, TagsError> {
        let endpoint = match defaults::configured_url("AWS_ENDPOINT_URL_EC2") {
            Some(url) => url,
            None => ec2::url(region, defaults::endpoint_variant(self.options)).map_err(TagsError::Region)?,
        };
        Ok(Question { endpoint, region, instance, keys })
    }

    /// As for the signal, but never as the instance: EC2 knows no such identity.
    fn finder(&self, region: &str) -> Finder<P::Http, P::Chain> {
        let target = ResourceTarget::new("", "", region)
            .with_endpoint_variant(defaults::endpoint_variant(self.options));
        let chain = self.platform.chain(self.http, self.imds, &Target::Resource(target));
        Finder::new(self.explicit.cloned(), Auth::SigV4, Rc::clone(self.imds), chain)
    }
}

fn key<H: Http, C: Chain>(finder: &mut Finder<H, C>, left: Duration) -> Result<AccessKey, CredentialsError> {
    let left = u32::try_from(left.as_millis()).unwrap_or(u32::MAX);
    match finder.find(IdentityRequest::new(Freshness::Cached, left))? {
        Identity::AccessKey(key) => Ok(key),
        Identity::Instance(_) => {
            Err(CredentialsError::Permanent("the instance identity is none for EC2".to_owned()))
        }
    }
}

/// Whether `text` may be a stack's name or its ARN.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-using-console-create-stack-parameters.html>
fn is_stack(text: &str) -> bool {
    let consists_of = |more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    begins
        && if text.starts_with("arn:") { consists_of("-:/") } else { text.len() <= 128 && consists_of("-") }
}

/// Whether `text` may be a logical id.
fn is_logical_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn refusal(why: &str) -> String {
    format!("Error: --discover found no stack or resource: {why}")
}

#[cfg(test)]
mod tests {
    use super::{is_logical_id, is_stack};

    #[test]
    fn what_is_no_name_is_none() {
        let arn = "arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/web/5e0b3c80-0000-11ef-8888-000000000000";
        let longest = "x".repeat(128);
        for stack in ["web", "Web-1", longest.as_str(), arn] {
            assert!(is_stack(stack), "{stack}");
        }
        for other in
            ["", "1web", "-web", "web stack", "<html>", "arn:aws:<html>", "a_b", &format!("{longest}x")]
        {
            assert!(!is_stack(other), "{other}");
        }
        assert!(is_logical_id("WebGroup2") && is_logical_id("2"));
        for other in ["", "Web-Group", "<html>", "a b", &"x".repeat(256)] {
            assert!(!is_logical_id(other), "{other}");
        }
    }
}
