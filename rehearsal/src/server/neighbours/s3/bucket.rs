//! Buckets as a whole.

use hyper::StatusCode;

use super::super::super::Reply;
use super::super::escaped;
use super::answer::{NAMESPACE, S3Error, done, with_header, xml};
use super::listing::{elements, read};
use super::{Answered, Asked};
use crate::moment::Moment;

impl Asked<'_> {
    pub(super) fn of_bucket(&self, method: &str) -> Answered {
        if let Some(answered) = self.setting(method) {
            return answered;
        }
        match method {
            "HEAD" => Ok(self.in_region(done(StatusCode::OK))),
            "GET" if self.has("location") => Ok(self.location()),
            "GET" if self.has("uploads") => Ok(self.uploads()),
            "GET" => self.list(),
            "POST" if self.has("delete") => self.drop_objects(),
            "DELETE" if self.is_plain() => {
                if self.services.account.shelf.store.drop_bucket(&self.bucket) {
                    return Ok(done(StatusCode::NO_CONTENT));
                }
                let message = "The bucket you tried to delete is not empty";
                Err(S3Error::new(409, "BucketNotEmpty", message))
            }
            _ => Err(self.unknown()),
        }
    }

    pub(super) fn buckets(&self) -> Reply {
        let one = |(name, at): (&String, &u64)| {
            let (name, at) = (escaped(name), Moment::from_millis(*at).iso_8601());
            format!("<Bucket><Name>{name}</Name><CreationDate>{at}</CreationDate></Bucket>")
        };
        let account_id = &self.services.account.account_id;
        let list: String = self.services.account.buckets().iter().map(one).collect();
        xml(&format!(
            "<ListAllMyBucketsResult {NAMESPACE}><Owner><ID>{account_id}</ID></Owner><Buckets>{list}</Buckets>\
             </ListAllMyBucketsResult>"
        ))
    }

    pub(super) fn make(&self) -> Answered {
        let (bucket, region) = (&self.bucket, self.services.account.region.as_str());
        if !is_name(bucket) {
            return Err(S3Error::new(400, "InvalidBucketName", "The specified bucket is not valid."));
        }
        self.check_place(region)?;
        let store = &self.services.account.shelf.store;
        // The first region answers as if it had just made it, as it does for its owner.
        if self.there(bucket) && !(region == "us-east-1" && store.has(bucket)) {
            let message =
                "Your previous request to create the named bucket succeeded and you already own it.";
            return Err(S3Error::new(409, "BucketAlreadyOwnedByYou", message));
        }
        store.make(bucket, self.request.now().as_millis())?;
        let mut reply = done(StatusCode::OK);
        with_header(&mut reply, "location", &format!("/{bucket}"));
        Ok(reply)
    }

    /// A bucket is made where it is asked for.
    fn check_place(&self, region: &str) -> Result<(), S3Error> {
        let mut place = String::new();
        if !self.body.is_empty() {
            let all = elements(&read(&self.body)?);
            place = all
                .into_iter()
                .find(|(name, _)| name == "LocationConstraint")
                .map(|(_, it)| it)
                .unwrap_or_default();
        }
        let is_right = if region == "us-east-1" { place.is_empty() } else { place == region };
        if is_right {
            return Ok(());
        }
        let shown = if place.is_empty() { "unspecified" } else { &place };
        let message = format!(
            "The {shown} location constraint is incompatible for the region specific endpoint this request was sent to."
        );
        Err(S3Error::new(400, "IllegalLocationConstraintException", message))
    }

    fn location(&self) -> Reply {
        let region = &self.services.account.region;
        let region = if region == "us-east-1" { "" } else { region };
        xml(&format!("<LocationConstraint {NAMESPACE}>{region}</LocationConstraint>"))
    }

    fn in_region(&self, mut reply: Reply) -> Reply {
        with_header(&mut reply, "x-amz-bucket-region", &self.services.account.region);
        reply
    }

    /// Drops the objects that the body names.
    fn drop_objects(&self) -> Answered {
        let all = elements(&read(&self.body)?);
        let quiet = all.iter().any(|(name, text)| name == "Quiet" && text == "true");
        let keys: Vec<_> = all.into_iter().filter(|(name, _)| name == "Key").map(|(_, key)| key).collect();
        if keys.is_empty() || keys.len() > 1000 {
            return Err(S3Error::malformed());
        }
        let mut told = String::new();
        for key in keys {
            self.services.account.shelf.store.remove(&self.bucket, &key);
            if !quiet {
                told.push_str(&format!("<Deleted><Key>{}</Key></Deleted>", escaped(&key)));
            }
        }
        Ok(xml(&format!("<DeleteResult {NAMESPACE}>{told}</DeleteResult>")))
    }
}

/// Whether a bucket may be called so.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_name(name: &str) -> bool {
    let inner = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-".contains(it);
    let edge = |it: Option<char>| it.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    (3..=63).contains(&name.len())
        && name.chars().all(inner)
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}
