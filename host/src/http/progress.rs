//! How far a request's connection has come: what fails before it is open has sent nothing, and it may be a proxy's failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ureq::Error;
use ureq::unversioned::transport::{ConnectionDetails, Connector, Transport};

/// What there is of a connection. In order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nothing yet.
    Nothing,
    /// A connection to the proxy, which is asked for one to the origin.
    Proxy,
    /// A connection to the origin, or one to a proxy that takes the request itself; not secure yet, if it is to be.
    Connected,
    /// A connection that a request can be sent over.
    Open,
}

/// How far the connection of one request has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU8>);

impl Progress {
    pub(super) fn stage(&self) -> Stage {
        let reached = |stage: &Stage| *stage as u8 == self.0.load(Ordering::Relaxed);
        [Stage::Proxy, Stage::Connected, Stage::Open].into_iter().find(reached).unwrap_or(Stage::Nothing)
    }

    /// A member of a chain of connectors that notes `stage` when something comes to it. `proxied`: the chain also runs
    /// within itself, to reach the proxy that `CONNECT` is sent to, and ureq tells that run of no proxy.
    pub(super) fn at(&self, stage: Stage, proxied: bool) -> Mark {
        Mark { progress: self.clone(), stage, proxied }
    }
}

/// Notes that a stage is reached.
#[derive(Debug)]
pub(super) struct Mark {
    progress: Progress,
    stage: Stage,
    proxied: bool,
}

impl<In: Transport> Connector<In> for Mark {
    type Out = In;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<In>, Error> {
        if chained.is_some() {
            let to_proxy = self.proxied && details.config.proxy().is_none();
            match (to_proxy, self.stage) {
                (false, stage) => self.progress.0.store(stage as u8, Ordering::Relaxed),
                // Secure already, where it is to be.
                (true, Stage::Open) => self.progress.0.store(Stage::Proxy as u8, Ordering::Relaxed),
                (true, _) => {}
            }
        }
        Ok(chained)
    }
}
