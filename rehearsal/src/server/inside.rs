//! What an instance in a box is answered: AWS's names lead here, and nothing else of the machine can be reached from there.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{Request, StatusCode};

use super::{Front, Received, Reply, Services, faults, handles, metadata, neighbours, plain, query, read};
use crate::account::{Handles, Metadata};
use crate::hosts::{Hosts, Service, handles_bucket};

/// The surroundings of one instance.
pub(crate) struct Inside {
    pub(crate) services: Arc<Services>,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) hosts: Arc<Hosts>,
    pub(crate) asked: Arc<Asked>,
}

/// Where a request comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The metadata's address.
    Metadata,
    /// The services', over TLS.
    Https,
    /// The same, without.
    Http,
}

/// What instances asked for that there is not: each is told once.
#[derive(Default)]
pub(crate) struct Asked(Mutex<BTreeSet<String>>);

/// As many are told.
const MOST: usize = 100;

impl Inside {
    /// Answers one request.
    pub(crate) async fn answer(&self, door: Door, request: Request<Incoming>) -> Reply {
        let services = &*self.services;
        let _guard = services.account.activity.in_flight();
        let front = match door {
            Door::Metadata => Front::Metadata,
            Door::Https | Door::Http => match self.named(door, &request) {
                Ok(service) => Front::Named(service),
                Err(refusal) => return refusal,
            },
        };
        let mut request = match read(services, request).await {
            Ok(request) => request,
            Err(refusal) => return refusal,
        };
        if front == Front::Named(Service::Handles) {
            // As it is signed, wherever the bucket stands.
            let bucket = handles_bucket(&services.account.region);
            request.path = format!("/{bucket}{}", request.path);
            request.target = format!("/{bucket}{}", request.target);
        }
        request.front = front;
        let reply = match faults::meet(services, &self.metadata, &mut request).await {
            Some(instead) => instead,
            None => self.dispatch(&request),
        };
        faults::finish(&request.met, reply)
    }

    /// Whom a request is for, by its host.
    fn named<B>(&self, door: Door, request: &Request<B>) -> Result<Service, Reply> {
        let header = request.headers().get(HOST).and_then(|it| it.to_str().ok());
        let host = request.uri().authority().map(|it| it.as_str()).or(header).unwrap_or_default();
        let service = self.hosts.find(host).map(|it| it.service);
        match (service, door) {
            (Some(service @ (Service::S3 { .. } | Service::Handles)), _) => Ok(service),
            // The others answer over TLS only.
            (Some(_), Door::Http) => Err(faults::none()),
            (Some(service), _) => Ok(service),
            (None, _) => {
                self.asked.name(self, host);
                Err(plain(StatusCode::MISDIRECTED_REQUEST, "text/plain", "No such host is here\n"))
            }
        }
    }

    fn dispatch(&self, request: &Received) -> Reply {
        let services = &*self.services;
        let service = match &request.front {
            Front::Named(service) => service,
            Front::Metadata | Front::Loopback => return metadata::answer(&self.metadata, request),
        };
        match service {
            Service::Handles => handles::answer(&services.account, request),
            Service::S3 { bucket } => {
                if bucket.is_none() && Handles::is_bucket(&request.path) {
                    return handles::answer(&services.account, request);
                }
                let named = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
                let bucket = bucket.as_deref().unwrap_or(named);
                if request.method != "PUT"
                    && !bucket.is_empty()
                    && !services.account.buckets().contains_key(bucket)
                {
                    self.asked.bucket(self, bucket);
                }
                neighbours::named(services, service, request)
            }
            Service::Elsewhere => query::elsewhere(services, request),
            Service::CloudFormation if request.path == "/" => query::answer(services, request),
            Service::CloudFormation => plain(StatusCode::NOT_FOUND, "text/plain", "Not found\n"),
            Service::Sts { .. } | Service::Ssm | Service::Ec2 => {
                neighbours::named(services, service, request)
            }
        }
    }
}

impl Asked {
    /// A host that is not here.
    pub(crate) fn name(&self, inside: &Inside, host: &str) {
        let host = crate::hosts::plain(host);
        let shown: String = host.chars().filter(|it| it.is_ascii_graphic()).take(100).collect();
        if shown.is_empty() {
            return;
        }
        let what = if is_mirror(&host) { ", where packages come from" } else { "" };
        let why = if is_amazons(&host) {
            "not rehearsed: a rehearsal has CloudFormation, STS, SSM parameters, S3 and EC2's metadata, of its own region"
        } else {
            "there is no network in the box"
        };
        self.tell(inside, &host, format!("the instance asked for {shown}{what}: {why}"));
    }

    fn bucket(&self, inside: &Inside, bucket: &str) {
        let shown: String = bucket.chars().filter(|it| it.is_ascii_graphic()).take(100).collect();
        let what = if is_mirror(bucket) { ", where packages come from" } else { "" };
        let text = format!(
            "the instance asked for the bucket {shown}{what}: it is not in the rehearsal, and there is no network in the box"
        );
        self.tell(inside, &format!("bucket {bucket}"), text);
    }

    fn tell(&self, inside: &Inside, key: &str, text: String) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST || !told.insert(key.to_owned()) {
            return;
        }
        drop(told);
        inside.services.account.remark(&inside.metadata.stack_name, text);
    }
}

/// Names that distributions have for their packages.
fn is_mirror(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "mirror",
        "repo",
        "archive.",
        "deb.",
        "packages",
        "cdn.amazonlinux",
        "security.",
        "pypi",
        "npmjs",
        "fedora",
        "centos",
        "epel",
    ];
    WORDS.iter().any(|it| name.contains(it))
}

fn is_amazons(name: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"].iter().any(|it| name.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::{is_amazons, is_mirror};

    #[test]
    fn mirrors_are_known_by_their_names() {
        for name in [
            "al2023-repos-eu-west-3-de612dc2",
            "deb.debian.org",
            "cdn.amazonlinux.com",
            "eu-west-3.ec2.archive.ubuntu.com",
            "mirrors.fedoraproject.org",
            "security.debian.org",
            "files.pypi.org",
        ] {
            assert!(is_mirror(name), "{name}");
        }
        assert!(!is_mirror("example.com") && !is_mirror("secretsmanager.eu-west-3.amazonaws.com"));
        assert!(is_amazons("secretsmanager.eu-west-3.amazonaws.com") && !is_amazons("amazonaws.com.example"));
    }
}
