//! What is in a bucket, page by page, and how XML is read.

use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::super::Reply;
use super::super::escaped;
use super::answer::{NAMESPACE, S3Error, xml};
use super::{Answered, Asked, is_of_signature};
use crate::encoding::in_path;
use crate::moment::Moment;
use crate::shelf::store::Object;

/// Keys of a page.
const PAGE: usize = 1000;

/// What a listing may be asked with; the rest is of other requests.
const LISTING: [&str; 13] = [
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "continuation-token",
    "start-after",
    "marker",
    "encoding-type",
    "fetch-owner",
    "x-id",
    "versions",
    "key-marker",
    "version-id-marker",
];

/// A page of a listing.
struct Page {
    objects: Vec<(String, Arc<Object>)>,
    prefixes: Vec<String>,
    /// What the next one comes after.
    next: Option<String>,
}

impl Asked<'_> {
    pub(super) fn list(&self) -> Answered {
        let known = |name: &str| LISTING.contains(&name) || is_of_signature(name);
        if !self.query.iter().all(|(name, _)| known(name)) {
            return Err(self.unknown());
        }
        let most = match self.value("max-keys").filter(|it| !it.is_empty()) {
            Some(given) => given
                .parse()
                .map_err(|_| S3Error::argument("Provided max-keys not an integer or within integer range"))?,
            None => PAGE,
        };
        let page = self.page(most.min(PAGE));
        Ok(if self.has("versions") { self.versions(&page) } else { self.keys(&page, most.min(PAGE)) })
    }

    fn page(&self, most: usize) -> Page {
        let filled = |name: &str| self.value(name).filter(|it| !it.is_empty());
        let after =
            ["continuation-token", "start-after", "marker", "key-marker"].into_iter().find_map(filled);
        let (prefix, after) = (self.value("prefix").unwrap_or_default(), after.unwrap_or_default());
        let delimiter = filled("delimiter");
        let mut page = Page { objects: Vec::new(), prefixes: Vec::new(), next: None };
        let mut last = String::new();
        for (key, object) in self.services.account.shelf.store.list(&self.bucket, prefix, after) {
            let rest = key.strip_prefix(prefix).unwrap_or_default();
            let folder = delimiter.and_then(|it| Some(format!("{prefix}{}{it}", rest.split_once(it)?.0)));
            // What is told by its prefix already, here or on the page before.
            if let Some(folder) = &folder
                && (page.prefixes.last() == Some(folder) || after == folder)
            {
                continue;
            }
            if page.objects.len() + page.prefixes.len() >= most {
                page.next = Some(last);
                break;
            }
            last = folder.clone().unwrap_or_else(|| key.clone());
            match folder {
                Some(folder) => page.prefixes.push(folder),
                None => page.objects.push((key, object)),
            }
        }
        page
    }

    /// A key as the client wants it.
    fn shown(&self, key: &str) -> String {
        if self.value("encoding-type") == Some("url") { in_path(key).to_string() } else { escaped(key) }
    }

    fn head(&self, page: &Page, most: usize) -> String {
        let text = |name: &str, query: &str| {
            let given = self.value(query).map(|it| self.shown(it));
            given.map_or_else(String::new, |it| format!("<{name}>{it}</{name}>"))
        };
        let prefixes = page.prefixes.iter().map(|it| self.shown(it));
        let prefixes: String =
            prefixes.map(|it| format!("<CommonPrefixes><Prefix>{it}</Prefix></CommonPrefixes>")).collect();
        let encoding = text("EncodingType", "encoding-type");
        format!(
            "<Name>{}</Name><Prefix>{}</Prefix>{}{encoding}<MaxKeys>{most}</MaxKeys><IsTruncated>{}</IsTruncated>{prefixes}",
            escaped(&self.bucket),
            self.shown(self.value("prefix").unwrap_or_default()),
            text("Delimiter", "delimiter"),
            page.next.is_some(),
        )
    }

    fn keys(&self, page: &Page, most: usize) -> Reply {
        let contents: String = page
            .objects
            .iter()
            .map(|(key, object)| {
                format!("<Contents><Key>{}</Key>{}</Contents>", self.shown(key), described(object))
            })
            .collect();
        let count = page.objects.len() + page.prefixes.len();
        let more = match &page.next {
            Some(next) if self.value("list-type") == Some("2") => {
                format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(next))
            }
            Some(next) => format!("<NextMarker>{}</NextMarker>", self.shown(next)),
            None => String::new(),
        };
        let count = match self.value("list-type") {
            Some("2") => format!("<KeyCount>{count}</KeyCount>"),
            _ => String::new(),
        };
        xml(&format!(
            "<ListBucketResult {NAMESPACE}>{}{count}{more}{contents}</ListBucketResult>",
            self.head(page, most)
        ))
    }

    /// Nothing here has more than one version.
    fn versions(&self, page: &Page) -> Reply {
        let one = |(key, object): &(String, Arc<Object>)| {
            format!(
                "<Version><Key>{}</Key><VersionId>null</VersionId><IsLatest>true</IsLatest>{}</Version>",
                self.shown(key),
                described(object)
            )
        };
        let all: String = page.objects.iter().map(one).collect();
        let next = page.next.as_ref().map_or_else(String::new, |next| {
            let next = self.shown(next);
            format!("<NextKeyMarker>{next}</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>")
        });
        xml(&format!(
            "<ListVersionsResult {NAMESPACE}>{}{next}{all}</ListVersionsResult>",
            self.head(page, PAGE)
        ))
    }
}

fn described(object: &Object) -> String {
    format!(
        "<LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass>",
        Moment::from_millis(object.at).iso_8601(),
        escaped(&object.etag),
        object.bytes.len()
    )
}

/// Something of an XML document, in its order.
pub(super) enum Piece {
    Begin(String),
    Text(String),
    End,
}

/// An XML document, piece by piece.
pub(super) fn read(body: &[u8]) -> Result<Vec<Piece>, S3Error> {
    let text = std::str::from_utf8(body).map_err(|_| S3Error::malformed())?;
    let mut reader = Reader::from_str(text);
    let mut pieces = Vec::new();
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|_| S3Error::malformed())? {
            Event::Start(start) => {
                depth += 1;
                pieces.push(Piece::Begin(start.local_name().as_ref().to_owned()));
            }
            Event::Empty(start) => {
                pieces.push(Piece::Begin(start.local_name().as_ref().to_owned()));
                pieces.push(Piece::End);
            }
            Event::Text(text) => pieces.push(Piece::Text(text.to_string())),
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                };
                pieces.push(Piece::Text(resolved.ok_or_else(S3Error::malformed)?));
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                pieces.push(Piece::End);
            }
            Event::Eof if depth == 0 && !pieces.is_empty() => return Ok(pieces),
            Event::Eof => return Err(S3Error::malformed()),
            _ => {}
        }
    }
}

/// The elements that have only text, in their order.
pub(super) fn elements(pieces: &[Piece]) -> Vec<(String, String)> {
    let mut elements = Vec::new();
    let mut open: Option<(String, String)> = None;
    for piece in pieces {
        match piece {
            Piece::Begin(name) => open = Some((name.clone(), String::new())),
            Piece::Text(more) => {
                if let Some((_, text)) = &mut open {
                    text.push_str(more);
                }
            }
            Piece::End => elements.extend(open.take()),
        }
    }
    elements
}
