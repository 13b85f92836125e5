//! What is set of buckets: taken, remembered, and shown again. Nothing here acts by it.

use hyper::StatusCode;

use super::super::super::{Reply, plain};
use super::answer::{NAMESPACE, S3Error, done, with_header, xml};
use super::listing::{Piece, read};
use super::{Answered, Asked};

/// What a bucket has where nobody has set it: an element, or the error that there is none.
enum Unset {
    Element(&'static str, &'static str),
    Error(&'static str, &'static str),
}

use Unset::{Element, Error};

/// What may be set, by the query that asks for it.
const SETTINGS: [(&str, Unset); 15] = [
    ("accelerate", Element("AccelerateConfiguration", "")),
    ("cors", Error("NoSuchCORSConfiguration", "The CORS configuration does not exist")),
    (
        "encryption",
        Element(
            "ServerSideEncryptionConfiguration",
            "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
             </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>",
        ),
    ),
    ("lifecycle", Error("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")),
    ("logging", Element("BucketLoggingStatus", "")),
    ("notification", Element("NotificationConfiguration", "")),
    (
        "object-lock",
        Error(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
    ),
    (
        "ownershipControls",
        Element("OwnershipControls", "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"),
    ),
    ("policy", Error("NoSuchBucketPolicy", "The bucket policy does not exist")),
    (
        "publicAccessBlock",
        Element(
            "PublicAccessBlockConfiguration",
            "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
             <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>",
        ),
    ),
    (
        "replication",
        Error("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
    ),
    ("requestPayment", Element("RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>")),
    ("tagging", Error("NoSuchTagSet", "The TagSet does not exist")),
    ("versioning", Element("VersioningConfiguration", "")),
    (
        "website",
        Error("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
    ),
];

impl Asked<'_> {
    /// The answer where something that is set of the bucket is asked for.
    pub(super) fn setting(&self, method: &str) -> Option<Answered> {
        let (name, unset) = SETTINGS.iter().find(|(name, _)| self.has(name))?;
        let store = &self.services.account.shelf.store;
        Some(match method {
            "GET" => match store.setting(&self.bucket, name) {
                Some(set) => Ok(shown(name, set)),
                None => match unset {
                    Element(element, inside) => {
                        Ok(xml(&format!("<{element} {NAMESPACE}>{inside}</{element}>")))
                    }
                    Error(code, message) => Err(S3Error::new(404, code, *message)),
                },
            },
            "PUT" if *name == "policy" && !is_json(&self.body) => {
                let message = "Policies must be valid JSON and the first byte must be '{'";
                Err(S3Error::new(400, "MalformedPolicy", message))
            }
            "PUT" if *name != "policy" && !is_xml(&self.body) => Err(S3Error::malformed()),
            "PUT" => store
                .set(&self.bucket, name, Some(self.body.to_vec()))
                .map(|()| done(if *name == "policy" { StatusCode::NO_CONTENT } else { StatusCode::OK }))
                .map_err(Into::into),
            "DELETE" => {
                store.set(&self.bucket, name, None).map(|()| done(StatusCode::NO_CONTENT)).map_err(Into::into)
            }
            _ => Err(self.unknown()),
        })
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|it| it.is_object())
}

/// Whether it is an element, whole, without text around it: who asks for it gets it back as it is.
fn is_xml(body: &[u8]) -> bool {
    let Ok(pieces) = read(body) else { return false };
    let mut depth = 0_usize;
    let is_inside = pieces.iter().all(|piece| match piece {
        Piece::Begin(_) => {
            depth += 1;
            true
        }
        Piece::End => {
            depth = depth.saturating_sub(1);
            true
        }
        Piece::Text(text) => depth > 0 || text.trim().is_empty(),
    });
    is_inside && pieces.iter().any(|it| matches!(it, Piece::Begin(_)))
}

fn shown(name: &str, set: Vec<u8>) -> Reply {
    let mut reply = plain(StatusCode::OK, "", set);
    with_header(
        &mut reply,
        "content-type",
        if name == "policy" { "application/json" } else { "application/xml" },
    );
    reply
}
