//! What is to be signalled, without secrets: what of it is one, or may be, has to be given again.

use std::path::absolute;
use std::time::Duration;

use cfn_signal_command_line::{self as command_line, Options, conceal_secrets};
use cfn_signal_core::delivery::{Signal, Target};
use cfn_signal_core::secret::Secret;
use cfn_signal_instance::finder::Auth;
use serde::{Deserialize, Serialize};

use crate::cli::state::{Handle, Names};

/// What was typed of a signal, or stood for it in the environment. Keys are found anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Order {
    failed: bool,
    reason: Option<String>,
    stack: Option<String>,
    resource: Option<String>,
    id: Option<String>,
    region: Option<String>,
    url: Option<String>,
    discover: bool,
    fips: bool,
    dual_stack: bool,
    complete_is_ok: bool,
    auth: Option<String>,
    credential_file: Option<String>,
    role: Option<String>,
    ca_bundle: Option<String>,
    http_proxy: Option<String>,
    https_proxy: Option<String>,
    no_proxy: bool,
    wait_for: Vec<String>,
    /// Milliseconds.
    gate_timeout: u64,
    /// Options that were given, and are not kept.
    lacks: Vec<String>,
}

/// Data may be a secret that nothing tells from others, such as a token that another machine joins a cluster with; so may what a
/// command of a gate is given.
const DATA: &str = "--data";
const GATES: &str = "--wait-for";
const URL: &str = "--url";

impl Order {
    /// What `typed` says, and the environment for it.
    pub(super) fn of(typed: &Options) -> Self {
        let options = command_line::settle(typed);
        let mut lacks = Vec::new();
        let mut lack = |option: &str| lacks.push(option.to_owned());
        let mut url = options.url;
        if url.as_deref().is_some_and(is_secret) {
            lack(URL);
            url = None;
        }
        if options.data.is_some() && options.handle.is_some() {
            lack(DATA);
        }
        let success = !(options.failed || options.denied);
        let mut wait_for = if success { options.wait_for } else { Vec::new() };
        if wait_for.iter().any(|gate| is_secret(gate) || gate.trim_start().starts_with("exec:")) {
            lack(GATES);
            wait_for.clear();
        }
        let path = |path: Option<String>| {
            path.map(|path| absolute(&path).map_or(path, |path| path.to_string_lossy().into_owned()))
        };
        let proxy = |proxy: Option<Secret>| {
            // One with a password is found in the environment, or given again.
            proxy
                .map(|proxy| proxy.expose().to_owned())
                .filter(|proxy| !proxy.contains('@') && !is_secret(proxy))
        };
        Self {
            failed: !success,
            // A resource's signal has none.
            reason: options.reason.as_deref().filter(|_| options.handle.is_some()).map(conceal_secrets),
            stack: options.stack,
            resource: options.resource,
            id: options.id,
            region: options.region,
            url,
            discover: options.discover,
            fips: options.fips,
            dual_stack: options.dual_stack,
            complete_is_ok: options.complete_is_ok,
            auth: match options.auth {
                Auth::Instance => Some("instance".to_owned()),
                Auth::SigV4 => Some("sigv4".to_owned()),
                _ => None,
            },
            credential_file: path(options.credential_file),
            role: options.role,
            ca_bundle: path(options.ca_bundle),
            http_proxy: proxy(options.http_proxy),
            https_proxy: proxy(options.https_proxy),
            no_proxy: options.no_proxy,
            wait_for,
            gate_timeout: u64::try_from(options.gate_timeout.as_millis()).unwrap_or(u64::MAX),
            lacks,
        }
    }

    /// The names that are known by now stand for those that were to be found. The region is found again: it may be one that stands in.
    pub(super) fn resolve(&mut self, signal: &Signal, target: &Target) {
        match target {
            Target::Resource(resource) => {
                self.stack = Some(resource.stack.clone());
                self.resource = Some(resource.logical_id.clone());
                self.discover = false;
                // So may a host's name be, of which a resource's signal is not counted.
                if signal.unique_id.starts_with("i-") {
                    self.id = Some(signal.unique_id.clone());
                }
            }
            _ => self.id = Some(signal.unique_id.clone()),
        }
    }

    /// A failure, and why.
    pub(super) fn fail(&mut self, reason: &str) {
        self.failed = true;
        self.reason = Some(conceal_secrets(reason));
        self.wait_for = Vec::new();
        self.lacks.retain(|option| option != GATES && option != DATA);
    }

    /// The options of this signal. What is `given` goes before what is kept; how it is sent and told is as given.
    ///
    /// # Errors
    ///
    /// The option that has to be given.
    pub(in crate::cli) fn options(&self, given: &Options) -> Result<Options, &str> {
        for lack in &self.lacks {
            let is_there = match lack.as_str() {
                DATA => given.data.is_some(),
                GATES => !given.wait_for.is_empty(),
                URL => given.url.is_some(),
                _ => false,
            };
            if !is_there {
                return Err(lack);
            }
        }
        let or = |given: &Option<String>, kept: &Option<String>| given.clone().or_else(|| kept.clone());
        let proxy = |given: &Option<Secret>, kept: &Option<String>| {
            given.clone().or_else(|| kept.clone().map(Secret::from))
        };
        let signs = given.credential_file.is_some() || given.role.is_some() || given.access_key.is_some();
        let kept = |kept: &Option<String>| kept.clone().filter(|_| !signs);
        let auth = match self.auth.as_deref() {
            _ if signs || given.auth != Auth::Auto => given.auth,
            Some("instance") => Auth::Instance,
            Some("sigv4") => Auth::SigV4,
            _ => Auth::Auto,
        };
        let gates = !given.wait_for.is_empty();
        Ok(Options {
            failed: self.failed,
            denied: false,
            reason: self.reason.clone(),
            data: given.data.clone(),
            stack: self.stack.clone(),
            resource: self.resource.clone(),
            id: self.id.clone(),
            region: self.region.clone(),
            url: or(&given.url, &self.url),
            discover: self.discover,
            fips: self.fips,
            dual_stack: self.dual_stack,
            complete_is_ok: self.complete_is_ok || given.complete_is_ok,
            auth,
            credential_file: or(&given.credential_file, &kept(&self.credential_file)),
            role: or(&given.role, &kept(&self.role)),
            ca_bundle: or(&given.ca_bundle, &self.ca_bundle),
            http_proxy: proxy(&given.http_proxy, &self.http_proxy),
            https_proxy: proxy(&given.https_proxy, &self.https_proxy),
            no_proxy: self.no_proxy || given.no_proxy,
            wait_for: if gates { given.wait_for.clone() } else { self.wait_for.clone() },
            gate_timeout: if gates { given.gate_timeout } else { Duration::from_millis(self.gate_timeout) },
            handle: None,
            ..given.clone()
        })
    }

    /// What it is for, as far as that is known by now.
    pub(super) fn names(&self, handle: Option<Handle>) -> Names {
        Names { stack: self.stack.clone(), resource: self.resource.clone(), id: self.id.clone(), handle }
    }

    /// Its status, in AWS's word.
    pub(in crate::cli) fn status(&self) -> &'static str {
        if self.failed { "FAILURE" } else { "SUCCESS" }
    }
}

fn is_secret(text: &str) -> bool {
    conceal_secrets(text) != text
}

#[cfg(test)]
mod tests {
    use cfn_signal_command_line::Options;
    use cfn_signal_core::secret::Secret;

    use super::Order;

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::from(text.to_owned()))
    }

    #[test]
    fn no_secret_is_kept_and_what_is_not_has_to_be_given() {
        let typed = Options {
            handle: secret("https://b.s3.amazonaws.com/h?Signature=s3cr3t"),
            data: Some("token s3cr3t".to_owned()),
            url: Some("https://u:s3cr3t@h.example/".to_owned()),
            wait_for: vec!["exec:check --password s3cr3t".to_owned()],
            access_key: Some("AKIDEXAMPLE".to_owned()),
            secret_key: secret("s3cr3t"),
            https_proxy: secret("http://u:s3cr3t@proxy:3128"),
            http_proxy: secret("http://proxy:3128"),
            reason: Some("curl https://b.s3.amazonaws.com/x?X-Amz-Signature=s3cr3t failed".to_owned()),
            ..Options::default()
        };
        let order = Order::of(&typed);
        let kept = serde_json::to_string(&order).unwrap_or_default();
        assert!(!kept.contains("s3cr3t") && kept.contains("http://proxy:3128"), "{kept}");
        let mut given = Options::default();
        assert_eq!(order.options(&given).err(), Some("--url"));
        given.url = Some("https://h.example/".to_owned());
        assert_eq!(order.options(&given).err(), Some("--data"));
        given.data = Some("token".to_owned());
        assert_eq!(order.options(&given).err(), Some("--wait-for"));
        given.wait_for = vec!["file:/ready".to_owned()];
        let whole = order.options(&given).ok();
        assert!(whole.is_some_and(|whole| whole.wait_for == ["file:/ready"] && whole.url == given.url));
    }

    #[test]
    fn a_failure_awaits_no_gate_and_has_no_data() {
        let typed = Options {
            handle: secret("https://b.s3.amazonaws.com/h?Signature=s3cr3t"),
            data: Some("x".to_owned()),
            wait_for: vec!["exec:true".to_owned()],
            ..Options::default()
        };
        let mut order = Order::of(&typed);
        assert!(order.options(&Options::default()).is_err());
        order.fail("it was killed");
        let options = order.options(&Options::default()).unwrap_or_default();
        assert!(options.failed && options.reason.as_deref() == Some("it was killed"));
    }

    #[test]
    fn what_is_given_goes_before_what_is_kept() {
        let typed = Options {
            role: Some("web".to_owned()),
            stack: Some("S".to_owned()),
            resource: Some("R".to_owned()),
            ..Options::default()
        };
        let order = Order::of(&typed);
        assert_eq!(order.options(&Options::default()).ok().and_then(|it| it.role).as_deref(), Some("web"));
        let given = Options { credential_file: Some("/keys".to_owned()), ..Options::default() };
        let options = order.options(&given).unwrap_or_default();
        assert_eq!((options.role, options.stack.as_deref()), (None, Some("S")));
    }
}
