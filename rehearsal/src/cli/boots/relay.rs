//! The way out of a box, where the user names a proxy: what comes to an address of the box is passed to it, but for what
//! the rehearsal answers itself, which is to go nowhere.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, copy_bidirectional, sink};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use crate::hosts::{Hosts, Service, handles_host};

/// Bytes that a first line may have.
const FIRST_LINE: usize = 8192;

/// Bytes that are read of a request that is refused.
const MOST_OF_REST: u64 = 1 << 20;

const REFUSED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n\
    cfn-rehearse answers for this host itself: it is not to be asked through a proxy (no_proxy)\n";

/// Passes on as long as it is kept.
pub(super) struct Relay(AbortHandle);

impl Drop for Relay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Passes what comes to `listener` to a proxy, `host:port`.
pub(super) fn relay(listener: TcpListener, proxy: String, region: &str) -> io::Result<Relay> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let hosts = std::sync::Arc::new(Hosts::new(region));
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (proxy, hosts) = (proxy.clone(), std::sync::Arc::clone(&hosts));
            tokio::spawn(async move {
                let _ = pass(stream, &proxy, &hosts).await;
            });
        }
    });
    Ok(Relay(task.abort_handle()))
}

/// What is not to be asked for through a proxy, as `no_proxy` has it.
pub(super) fn not_through_proxy(region: &str) -> String {
    let mut names: Vec<_> =
        ["localhost", "127.0.0.1", "::1", "169.254.169.254", "fd00:ec2::254"].map(str::to_owned).into();
    for service in ["cloudformation", "sts", "ssm", "ec2"] {
        let candidates = ["", "-fips"].iter().flat_map(|fips| {
            ["amazonaws.com", "amazonaws.com.cn", "api.aws"]
                .map(|suffix| format!("{service}{fips}.{region}.{suffix}"))
        });
        let hosts = Hosts::new(region);
        names.extend(candidates.filter(|name| hosts.find(name).is_some()));
    }
    names.push(handles_host(region));
    names.join(",")
}

async fn pass(mut stream: TcpStream, proxy: &str, hosts: &Hosts) -> io::Result<()> {
    let mut begun = Vec::new();
    while !begun.contains(&b'\n') && begun.len() < FIRST_LINE {
        let mut more = [0; 1024];
        match stream.read(&mut more).await? {
            0 => return Ok(()),
            read => begun.extend_from_slice(more.get(..read).unwrap_or_default()),
        }
    }
    if asked_for(&begun).is_some_and(|host| is_ours(hosts, &host)) {
        stream.write_all(REFUSED).await?;
        stream.shutdown().await?;
        // The rest of the request is read, or the client reads of no answer.
        let rest = async { copy(&mut stream.take(MOST_OF_REST), &mut sink()).await };
        let _ = tokio::time::timeout(Duration::from_secs(2), rest).await;
        return Ok(());
    }
    let mut to = TcpStream::connect(proxy).await?;
    to.write_all(&begun).await?;
    copy_bidirectional(&mut stream, &mut to).await.map(drop)
}

/// Whether the rehearsal answers for a host. Buckets that it does not know may have packages.
fn is_ours(hosts: &Hosts, host: &str) -> bool {
    hosts.find(host).is_some_and(|it| !matches!(it.service, Service::S3 { .. }))
}

/// The host that a proxy is asked for.
fn asked_for(request: &[u8]) -> Option<String> {
    let line = request.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    if method.eq_ignore_ascii_case("CONNECT") {
        return Some(target.to_owned());
    }
    let (_, rest) = target.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(authority.rsplit('@').next().unwrap_or(authority).to_owned())
}

#[cfg(test)]
mod tests;
