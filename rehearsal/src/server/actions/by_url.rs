//! What a URL in a request names: templates and policies. They are in the rehearsal's buckets, or in its folder of templates;
//! what is nowhere is refused in the service's words, and what to do is said after them.

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::Call;
use crate::shelf::{Found, Origin, ShelfError, store};
use crate::wording::for_client;

#[cfg(test)]
mod tests;

/// Characters of a URL.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const LONGEST: usize = 5120;

/// Whose URL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'u> {
    /// Of an object in a bucket, by HTTP.
    S3 { bucket: &'u str },
    /// The same as S3's own tools write it, which the service does not read.
    S3Uri { bucket: &'u str },
    /// Somewhere else, by HTTP.
    Elsewhere,
    /// Nothing that is fetched by HTTP.
    No,
}

/// Finds what the parameter `name` names.
pub(super) fn find(call: &Call<'_>, name: &str, url: &str) -> Result<Found, ApiError> {
    let mut validation = Validation::default();
    let first = name.chars().next().map(|it| it.to_ascii_lowercase());
    let place: String = first.into_iter().chain(name.chars().skip(1)).collect();
    validation.length(&place, Some(url), 1, LONGEST);
    validation.finish()?;
    call.account.shelf.find(url, &Origin::Nowhere).map_err(|error| {
        let why = for_client(&error.to_string());
        match error {
            ShelfError::TooLong { .. } => ApiError::validation(why),
            _ => ApiError::validation(format!("{} ({why})", refusal(call, name, whose(url)))),
        }
    })
}

/// The service's words for what is not there.
fn refusal(call: &Call<'_>, name: &str, place: Place<'_>) -> String {
    match place {
        Place::S3Uri { bucket } => {
            format!("S3 error: Domain name specified in {bucket} is not a valid S3 domain.")
        }
        Place::S3 { bucket } if call.account.buckets().contains_key(bucket) => {
            "S3 error: The specified key does not exist.".to_owned()
        }
        Place::S3 { .. } => "S3 error: The specified bucket does not exist.".to_owned(),
        Place::Elsewhere | Place::No => format!("{name} must be a supported URL."),
    }
}

fn whose(url: &str) -> Place<'_> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return Place::No };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let first = path.split('/').next().unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "s3" => Place::S3Uri { bucket: host },
        "http" | "https" if is_bare(host) => Place::S3 { bucket: first },
        "http" | "https" => match store::bucket_of(host) {
            Some(bucket) => Place::S3 { bucket },
            None if store::is_s3(host) => Place::S3 { bucket: first },
            None => Place::Elsewhere,
        },
        _ => Place::No,
    }
}

/// Whether a host is the rehearsal's own, or S3's in the older form with a dash: the path begins with the bucket.
fn is_bare(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
        || name.starts_with("s3-") && name.ends_with(".amazonaws.com") && name.matches('.').count() == 2
}
