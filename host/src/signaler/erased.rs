//! Parties of any type behind one: a trait with an `async fn` cannot be `dyn`.

use std::future::Future;
use std::pin::Pin;

use cfn_signal_core::delivery::{Attempt, CredentialsError, IdentityRequest};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::Identity;

use crate::deliver::{Identities, SendError, Transport};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A [`Transport`].
pub(super) trait AnyTransport {
    fn send_boxed<'a>(&'a mut self, attempt: &'a Attempt) -> Boxed<'a, Result<Response, SendError>>;
}

impl<T: Transport> AnyTransport for T {
    fn send_boxed<'a>(&'a mut self, attempt: &'a Attempt) -> Boxed<'a, Result<Response, SendError>> {
        Box::pin(self.send(attempt))
    }
}

impl Transport for dyn AnyTransport + '_ {
    async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
        self.send_boxed(attempt).await
    }
}

/// [`Identities`].
pub(super) trait AnyIdentities {
    fn identity_boxed(&mut self, request: IdentityRequest) -> Boxed<'_, Result<Identity, CredentialsError>>;
}

impl<I: Identities> AnyIdentities for I {
    fn identity_boxed(&mut self, request: IdentityRequest) -> Boxed<'_, Result<Identity, CredentialsError>> {
        Box::pin(self.identity(request))
    }
}

impl Identities for dyn AnyIdentities + '_ {
    async fn identity(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        self.identity_boxed(request).await
    }
}
