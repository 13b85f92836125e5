//! What a client sends: as it is, or in chunks with something after them; and whether it is what was meant.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;

use super::super::super::limits::MAX_OBJECT;
use super::super::super::{Received, Services};
use super::answer::S3Error;
use super::checksum::{Algorithm, Checksum, md5};
use crate::auth::S3;
use crate::auth::streaming::{Chain, is_signed};

#[cfg(test)]
mod tests;

/// A body without its chunks, and its checksum if the client gave one.
pub(super) fn read(services: &Services, request: &Received) -> Result<(Bytes, Option<Checksum>), S3Error> {
    let hash = request.header("x-amz-content-sha256").unwrap_or_default();
    let (body, trailers) = if hash.starts_with("STREAMING-") {
        let chain = if is_signed(hash) { request.chain(services, S3) } else { None };
        if is_signed(hash) && chain.is_none() {
            return Err(mismatch());
        }
        let (body, trailers) = chunks(&request.body, chain, hash.ends_with("-TRAILER"))?;
        let said = request.header("x-amz-decoded-content-length");
        if said.is_some_and(|said| said != body.len().to_string()) {
            return Err(incomplete());
        }
        let promised = request.header("x-amz-trailer").unwrap_or_default().split(',').map(str::trim);
        let lacks = |name: &str| !trailers.iter().any(|(it, _)| it == name);
        if promised.filter(|name| !name.is_empty()).any(|name| lacks(&name.to_ascii_lowercase())) {
            let message = "The request contained trailing data that was not well-formed or did not conform to our \
                           published schema.";
            return Err(S3Error::new(400, "MalformedTrailerError", message));
        }
        (Bytes::from(body), trailers)
    } else {
        (request.body.clone(), Vec::new())
    };
    if body.len() > MAX_OBJECT {
        return Err(S3Error::too_long(u64::try_from(body.len()).ok()));
    }
    // What completes an upload tells the checksum of the whole, not of its own body.
    let completes =
        request.method == "POST" && request.query.as_deref().is_some_and(|it| it.contains("uploadId="));
    let checksum = if completes { None } else { checked(request, &trailers, &body)? };
    Ok((body, checksum))
}

/// The checksum that the client gave, if it is right.
fn checked(
    request: &Received,
    trailers: &[(String, String)],
    body: &[u8],
) -> Result<Option<Checksum>, S3Error> {
    if let Some(given) = request.header("content-md5")
        && given != STANDARD.encode(md5(body))
    {
        let message = "The Content-MD5 you specified did not match what we received.";
        return Err(S3Error::new(400, "BadDigest", message));
    }
    for algorithm in Algorithm::ALL {
        let trailer = trailers.iter().find(|(name, _)| name == algorithm.header()).map(|(_, it)| it.as_str());
        let Some(given) = request.header(algorithm.header()).or(trailer) else { continue };
        let own = algorithm.of(body);
        if own.value != given {
            let name = algorithm.name();
            let message = format!("The {name} you specified did not match the calculated checksum.");
            return Err(S3Error::new(400, "BadDigest", message));
        }
        return Ok(Some(own));
    }
    Ok(None)
}

/// What chunks hold, and the lines after the last one, their names in lower case.
type Unpacked = (Vec<u8>, Vec<(String, String)>);

fn chunks(mut rest: &[u8], mut chain: Option<Chain>, has_trailer: bool) -> Result<Unpacked, S3Error> {
    let mut body = Vec::new();
    loop {
        let line = line(&mut rest).ok_or_else(incomplete)?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let size = usize::from_str_radix(size.trim(), 16).map_err(|_| incomplete())?;
        let chunk = rest.get(..size).ok_or_else(incomplete)?;
        if let Some(chain) = &mut chain {
            let signature = extension.strip_prefix("chunk-signature=").unwrap_or_default();
            if !chain.chunk(chunk, signature) {
                return Err(mismatch());
            }
        }
        rest = rest.get(size..).unwrap_or_default();
        if size == 0 {
            break;
        }
        body.extend_from_slice(chunk);
        rest = rest.strip_prefix(b"\r\n").ok_or_else(incomplete)?;
    }
    let trailers = if has_trailer { trailers(rest, chain)? } else { Vec::new() };
    Ok((body, trailers))
}

fn trailers(mut rest: &[u8], chain: Option<Chain>) -> Result<Vec<(String, String)>, S3Error> {
    let mut trailers = Vec::new();
    let mut signature = None;
    while let Some(line) = line(&mut rest).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(incomplete)?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        if name == "x-amz-trailer-signature" { signature = Some(value) } else { trailers.push((name, value)) }
    }
    if let Some(mut chain) = chain {
        let text: String = trailers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        if !chain.trailer(&text, signature.as_deref().unwrap_or_default()) {
            return Err(mismatch());
        }
    }
    Ok(trailers)
}

/// The next line; the last one may lack its end.
fn line<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.windows(2).position(|two| two == b"\r\n");
    let line = rest.get(..end.unwrap_or(rest.len()))?;
    *rest = end.and_then(|end| rest.get(end + 2..)).unwrap_or_default();
    std::str::from_utf8(line).ok()
}

fn incomplete() -> S3Error {
    S3Error::incomplete()
}

fn mismatch() -> S3Error {
    let message = "The request signature we calculated does not match the signature you provided. Check your key and \
                   signing method.";
    S3Error::new(403, "SignatureDoesNotMatch", message)
}
