//! AWS's credential chain: environment, profiles, web identity, containers, the instance's role.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, imds};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use cfn_signal_core::delivery::{CredentialsError, Target};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::lacking::Lacking;

use super::Chain;
use super::bridge::{BlockingSleep, Bridge};
use super::complaint::{self, Lack, Prospect};
use super::process;
use crate::http::Client;
use crate::imds::patience;

/// The longest that a search may take.
const LONGEST: Duration = Duration::from_secs(30);
/// For the metadata service, where the environment does not say: it is next door, or not there.
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);
const METADATA_TRIES: u32 = 2;

/// What AWS's security token service needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainSettings {
    /// The region of the signal.
    pub region: String,
    /// Whether to use FIPS endpoints.
    pub fips: bool,
    /// Whether to use dual-stack endpoints.
    pub dual_stack: bool,
}

impl ChainSettings {
    /// Those of a signal's own endpoint.
    #[must_use]
    pub fn of(target: &Target) -> Self {
        match target {
            Target::Resource(resource) => Self {
                region: resource.region.clone(),
                fips: resource.endpoint_variant.fips,
                dual_stack: resource.endpoint_variant.dual_stack,
            },
            Target::WaitHandle(_) => Self::default(),
        }
    }
}

/// The chain, over this crate's HTTP.
#[derive(Debug)]
pub struct AwsChain {
    http: Arc<Client>,
    settings: ChainSettings,
    lacking: Lacking,
}

impl AwsChain {
    /// A chain that asks nobody yet.
    #[must_use]
    pub fn new(http: Arc<Client>, settings: ChainSettings) -> Self {
        Self { http, settings, lacking: Lacking::default() }
    }
}

impl Chain for AwsChain {
    fn key(
        &self,
        metadata_is_gone: bool,
        patience: Duration,
    ) -> Result<(AccessKey, String), CredentialsError> {
        let metadata = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let bridge = Bridge::new(Arc::clone(&self.http), metadata.as_deref(), metadata_is_gone);
        match fetch(self.settings.clone(), bridge, patience) {
            Ok(key) => Ok((key, "the AWS credential chain".to_owned())),
            Err(Lack { why, prospect }) => Err(match prospect {
                Prospect::Passing => CredentialsError::Temporary(why),
                Prospect::Early if self.lacking.may_yet_come(Instant::now()) => {
                    CredentialsError::Temporary(why)
                }
                Prospect::Early | Prospect::Lasting => CredentialsError::Permanent(why),
            }),
        }
    }
}

/// Searches the chain, at most for `patience`.
fn fetch(settings: ChainSettings, bridge: Bridge, patience: Duration) -> Result<AccessKey, Lack> {
    // The chain begins with the environment. What comes after it takes a quarter of a signal's instructions to set up.
    if let Ok(found) = pollster::block_on(EnvironmentVariableCredentialsProvider::new().provide_credentials())
    {
        return Ok(convert(found));
    }
    let patience = patience.min(LONGEST);
    let (sender, receiver) = mpsc::sync_channel(1);
    // A provider may take longer than the delivery has: its thread is then left behind.
    let searching = bridge.clone();
    let until = Instant::now() + patience - patience / 10;
    let search = move || sender.send(pollster::block_on(search(settings, searching, until)));
    if let Err(error) = thread::Builder::new().name("credentials".to_owned()).spawn(search) {
        return Err(Lack {
            why: format!("no thread can be had to search: {error}"),
            prospect: Prospect::Passing,
        });
    }
    match receiver.recv_timeout(patience) {
        Ok(found) => found.map(convert),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            let asked = bridge.last().map_or_else(String::new, |asked| match asked.answer() {
                Some(answer) => format!(": {answer}"),
                None => format!(": {} does not answer", asked.host),
            });
            let why = format!("nothing within {:.1} s{asked}", patience.as_secs_f64());
            Err(Lack { why, prospect: Prospect::Passing })
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(Lack { why: "the search failed".to_owned(), prospect: Prospect::Lasting })
        }
    }
}

/// Searches the chain. A process that it leads to is ended at `until`.
async fn search(settings: ChainSettings, bridge: Bridge, until: Instant) -> Result<Credentials, Lack> {
    let region = Region::new(settings.region);
    let config = ProviderConfig::empty()
        .with_behavior_version(Some(BehaviorVersion::v2026_01_12()))
        .with_http_client(bridge.clone())
        .with_sleep_impl(BlockingSleep)
        .with_use_fips(Some(settings.fips))
        .with_use_dual_stack(Some(settings.dual_stack))
        .with_region(Some(region.clone()));
    let (timeout, tries) = patience(&variable);
    let timeout = timeout.unwrap_or(METADATA_TIMEOUT);
    let metadata = imds::Client::builder()
        .configure(&config)
        .max_attempts(tries.unwrap_or(METADATA_TRIES))
        .connect_timeout(timeout)
        .read_timeout(timeout)
        .build();
    let chain = DefaultCredentialsChain::builder()
        .configure(config.clone())
        .region(region)
        .imds_client(metadata)
        .build()
        .await;
    match chain.provide_credentials().await {
        Err(error) if process::is_wanted(&error) => {
            process::credentials(&config, until, || bridge.last()).await
        }
        found => found.map_err(|error| complaint::of(&error, bridge.last().as_ref())),
    }
}

fn convert(credentials: Credentials) -> AccessKey {
    AccessKey {
        id: credentials.access_key_id().to_owned(),
        secret: Secret::new(credentials.secret_access_key()),
        session_token: credentials.session_token().map(Secret::new),
        expires_at: credentials
            .expiry()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
            .map(|since| since.as_secs()),
    }
}
