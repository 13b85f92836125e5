//! A local CloudFormation that waits for signals as a stack would.
//!
//! A template is rehearsed: what becomes of its stack where nobody signals?
//!
//! ```
//! use std::time::Duration;
//!
//! use cfn_rehearse::{ClockKind, Fate, Options, Rehearsal};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let template = folder.path().join("template.yaml");
//! std::fs::write(
//!     &template,
//!     "Resources: {Server: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT5M}}}}",
//! )?;
//!
//! let mut options = Options::default();
//! options.template = Some(template);
//! options.clock = ClockKind::Virtual;
//! let mut rehearsal = Rehearsal::prepare(&options)?;
//! rehearsal.begin()?;
//! assert_eq!(rehearsal.until_decided(Duration::ZERO).await, Fate::RolledBack);
//! let (failed, why) = rehearsal.failure().ok_or("nothing has failed")?;
//! assert_eq!(failed, "Server");
//! assert!(why.contains("Failed to receive 1 resource signal(s)"), "{why}");
//! let report = rehearsal.report("a server that never signals")?;
//! assert!(report.json_lines.contains("Failed to receive 1 resource signal(s)"), "{}", report.json_lines);
//! assert!(report.junit.contains("<failure") && report.html.contains("a server that never signals"));
//! # Ok(())
//! # }
//! ```
//!
//! The server in a test: it answers while the rehearsal goes on.
//!
//! ```
//! use std::time::Duration;
//!
//! use cfn_rehearse::{Options, Rehearsal};
//! use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rehearsal = Rehearsal::prepare(&Options::default())?;
//! rehearsal.begin()?;
//! // For a client of AWS's API these are its endpoint and its key.
//! let (endpoint, _key) = (rehearsal.endpoint(), rehearsal.access_key().clone());
//! let client = async {
//!     let mut stream = tokio::net::TcpStream::connect(endpoint.trim_start_matches("http://")).await?;
//!     stream.write_all(b"GET /?Action=ListStacks HTTP/1.0\r\n\r\n").await?;
//!     let mut answer = String::new();
//!     stream.read_to_string(&mut answer).await?;
//!     std::io::Result::Ok(answer)
//! };
//! tokio::select! {
//!     _ = rehearsal.until_decided(Duration::from_secs(1)) => {}
//!     answer = client => assert!(answer?.contains("MissingAuthenticationToken")),
//! }
//! # Ok(())
//! # }
//! ```

mod account;
mod activity;
mod armed;
mod assembly;
mod auth;
#[doc(hidden)]
pub mod cli;
mod clock;
mod compare;
mod duration;
mod enclosure;
mod encoding;
mod endpoints;
mod engine;
mod faults;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod happening;
mod hosts;
mod ids;
mod init_metadata;
pub mod lint;
mod listen;
mod mention;
mod model;
mod moment;
mod number;
mod paths;
mod rehearsal;
mod report;
mod run;
mod secrets;
mod server;
mod shelf;
mod shown;
mod signal_options;
mod stack;
mod stack_name;
mod telling;
mod template;
mod values;
mod wording;
mod yaml;

pub use account::{AccountError, Instance};
pub use clock::{ClockKind, NotASpeed, Speed};
pub use endpoints::{
    AuthorityError, EndpointAddresses, EndpointError, EndpointHandle, EndpointSockets, Endpoints,
    InstanceNetwork,
};
pub use faults::{Plan as FaultPlan, Rule as FaultRule, RuleError as FaultRuleError};
pub use ids::NoRandomness;
pub use listen::ListenError;
pub use rehearsal::{
    Handle, NotAScaling, Options, Rehearsal, Report, ScaleDuring, ScaleError, ScaledTo, SetupError,
};
pub use stack::{DeleteError, Fate, UpdateError};
pub use template::{Location, Place, TemplateError, Unreadable};
pub use values::ValuesError;
