//! A request's signature but for the signature itself.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::canonical::{CanonicalRequest, canonical_path, payload_hash, string_to_sign};
use super::headers::{CONTENT_SHA256, CanonicalHeaders, DATE, HOST, SECURITY_TOKEN};
use super::query::{self, CanonicalQuery, param};
use super::stamp::Stamp;
use super::{
    ALGORITHM, ContentSha256Header, Explanation, Placement, Request, Scope, SessionToken, SignError,
    SigningKeys, SigningSettings, check, credential, credential_scope,
};
use crate::http::{Header, header};
use crate::identity::AccessKey;
use crate::uri;

/// What is to be signed, and what is sent with its signature.
pub(super) struct Draft {
    stamp: Stamp,
    /// The headers to add but `Authorization`.
    pub(super) headers: Vec<Header>,
    /// The parameters to add but the signature.
    pub(super) presigned: String,
    /// `id/date/region/service/aws4_request`.
    pub(super) credential: String,
    pub(super) signed_headers: String,
    pub(super) explanation: Explanation,
}

impl Draft {
    pub(super) fn new(
        request: &Request<'_>,
        key: &AccessKey,
        scope: &Scope<'_>,
        settings: &SigningSettings,
    ) -> Result<Self, SignError> {
        check::key(key)?;
        check::scope(scope, settings.placement)?;
        check::method(request.method)?;
        check::headers(request.headers)?;
        let parts = uri::split(request.uri);
        let host = check::uri(request.uri, &parts)?;

        let stamp = Stamp::at(scope.signed_at)?;
        let payload_hash = payload_hash(request.payload)?;
        let credential = credential(key, &stamp, scope);
        let token = key.session_token.as_ref().map(|token| token.expose()).filter(|token| !token.is_empty());
        let signed_token = token.filter(|_| settings.session_token == SessionToken::Sign);

        let mut headers = CanonicalHeaders::new(request.headers, settings.placement);
        if !headers.contains(HOST) {
            headers.insert(Cow::Borrowed(HOST), host);
        }
        let mut query = CanonicalQuery::new(parts.query.unwrap_or_default());
        query.refuse_signature()?;

        let mut added = Vec::with_capacity(4);
        let signed_headers;
        let mut presigned = String::new();
        match settings.placement {
            Placement::Headers => {
                headers.insert(Cow::Borrowed(DATE), stamp.as_str());
                added.push(header(DATE, stamp.as_str()));
                if let Some(token) = token {
                    added.push(header(SECURITY_TOKEN, token));
                }
                if let Some(token) = signed_token {
                    headers.insert(Cow::Borrowed(SECURITY_TOKEN), token);
                }
                if settings.content_sha256_header == ContentSha256Header::Send {
                    headers.insert(Cow::Borrowed(CONTENT_SHA256), &payload_hash);
                    added.push(header(CONTENT_SHA256, &payload_hash));
                }
                signed_headers = headers.names();
            }
            Placement::Query(seconds) => {
                signed_headers = headers.names();
                let expires = seconds.to_string();
                let params = [
                    (param::ALGORITHM, ALGORITHM),
                    (param::CREDENTIAL, &credential),
                    (param::DATE, stamp.as_str()),
                    (param::SIGNED_HEADERS, &signed_headers),
                    (param::EXPIRES, &expires),
                ];
                for (name, value) in &params {
                    query.insert(name, value);
                    query::push_param(&mut presigned, name, value);
                }
                if let Some(token) = signed_token {
                    query.insert(param::SECURITY_TOKEN, token);
                }
                if let Some(token) = token {
                    query::push_param(&mut presigned, param::SECURITY_TOKEN, token);
                }
            }
        }

        let canonical_request = CanonicalRequest {
            method: request.method,
            path: &canonical_path(parts.path, settings),
            query: &query,
            headers: &headers,
            signed_headers: &signed_headers,
            payload_hash: &payload_hash,
        }
        .to_text();
        let string_to_sign = string_to_sign(&stamp, credential_scope(key, &credential), &canonical_request);
        let explanation = Explanation { canonical_request, string_to_sign };
        Ok(Self { stamp, headers: added, presigned, credential, signed_headers, explanation })
    }

    /// In lower-case hex.
    pub(super) fn signature(
        &self,
        key: &AccessKey,
        scope: &Scope<'_>,
        keys: &mut SigningKeys,
    ) -> Result<String, SignError> {
        keys.signature(&self.credential, key, self.stamp.day(), scope, &self.explanation.string_to_sign)
    }
}
