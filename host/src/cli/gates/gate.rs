//! A gate, as it is typed.

use std::fmt;
use std::str::FromStr;

use cfn_signal_core::secret::Secret;
use regex_lite::Regex;
use ureq::http::Uri;

/// What has to hold.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Gate {
    /// An answer over HTTP.
    Http {
        /// The whole of it, for its query may be secret.
        url: Secret,
        /// Statuses that are right; any from 200 to 399 where none is named.
        statuses: Vec<u16>,
        /// What the body's beginning has to match.
        body: Option<Regex>,
    },
    /// Somebody listens.
    Tcp { host: String, port: u16 },
    /// Somebody listens on a socket in the file system.
    Unix(String),
    /// A file is there.
    File(String),
    /// A unit is active.
    Systemd(String),
    /// cloud-init has ended, and without an error.
    CloudInit,
    /// A command of the shell succeeds.
    Exec(String),
}

impl FromStr for Gate {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        if typed.starts_with("http://") || typed.starts_with("https://") {
            return http(typed);
        }
        if typed == "cloud-init" {
            return Ok(Self::CloudInit);
        }
        let (kind, what) = typed.split_once(':').unwrap_or((typed, ""));
        if what.is_empty() {
            return Err(format!(
                "a gate is http://URL, https://URL, tcp:HOST:PORT, unix:PATH, file:PATH, systemd:UNIT, cloud-init or \
                 exec:COMMAND, and {typed} is none of them"
            ));
        }
        match kind {
            "tcp" => tcp(what),
            "unix" => Ok(Self::Unix(what.to_owned())),
            "file" => Ok(Self::File(what.to_owned())),
            "systemd" => Ok(Self::Systemd(what.to_owned())),
            "exec" => Ok(Self::Exec(what.to_owned())),
            _ => Err(format!(
                "{kind} is no kind of gate: http, https, tcp, unix, file, systemd, cloud-init and exec are"
            )),
        }
    }
}

/// `URL [status=CODE,…] [body=REGEX]`
fn http(typed: &str) -> Result<Gate, String> {
    let (url, mut rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    // Whoever would be asked is known now, and not first when its time is over.
    if !url.parse().is_ok_and(|uri: Uri| names_one(&uri)) {
        return Err("it has to be a URL with a host, like http://localhost:8080/health".to_owned());
    }
    let (mut statuses, mut body) = (Vec::new(), None);
    loop {
        rest = rest.trim_start();
        if let Some(pattern) = rest.strip_prefix("body=") {
            // The rest of it, blanks too.
            body = Some(Regex::new(pattern).map_err(|error| format!("body={pattern}: {error}"))?);
            break;
        }
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = after;
        match word.strip_prefix("status=") {
            Some(codes) => {
                for code in codes.split(',') {
                    let status = code.parse().ok().filter(|status| (100..=599).contains(status));
                    statuses
                        .push(status.ok_or_else(|| format!("status={codes}: {code} is no status of HTTP"))?);
                }
            }
            None if word.is_empty() => break,
            None => return Err(format!("{word}: after the URL come status=CODES and body=REGEX")),
        }
    }
    Ok(Gate::Http { url: Secret::from(url.to_owned()), statuses, body })
}

/// Whether it has a host, and a port where a colon says so.
fn names_one(uri: &Uri) -> bool {
    let Some(authority) = uri.authority().filter(|it| !it.host().is_empty()) else { return false };
    let place = authority.as_str().rsplit('@').next().unwrap_or_default();
    let after = place.strip_prefix(authority.host()).unwrap_or_default();
    after.is_empty() || authority.port_u16().is_some_and(|port| port > 0)
}

/// `HOST:PORT`, an IPv6 address in brackets.
fn tcp(what: &str) -> Result<Gate, String> {
    let (host, port) = what.rsplit_once(':').unwrap_or((what, ""));
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match port.parse() {
        Ok(port) if port > 0 && !host.is_empty() => Ok(Gate::Tcp { host: host.to_owned(), port }),
        _ => Err("it has to be like tcp:localhost:5432".to_owned()),
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { url, .. } => f.write_str(url.expose()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Systemd(unit) => write!(f, "systemd:{unit}"),
            Self::CloudInit => f.write_str("cloud-init"),
            Self::Exec(command) => write!(f, "exec:{command}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[test]
    fn gates_are_read() {
        for typed in [
            "http://localhost:8080/health",
            "https://localhost/",
            "tcp:localhost:5432",
            "tcp:[::1]:22",
            "unix:/run/app.sock",
            "file:/var/lib/app/ready",
            "systemd:nginx.service",
            "cloud-init",
            "exec:curl -f localhost | grep ok",
        ] {
            assert_eq!(typed.parse::<Gate>().map(|gate| gate.to_string()), Ok(typed.to_owned()));
        }
        let with = "http://h/  status=200,503  body=a b$".parse();
        assert!(
            matches!(with, Ok(Gate::Http { statuses, body: Some(body), .. }) if statuses == [200, 503] && body.as_str() == "a b$")
        );
    }

    #[test]
    fn what_is_no_gate_is_told() {
        for (typed, says) in [
            ("localhost:80", "localhost is no kind of gate"),
            ("nginx", "nginx is none of them"),
            ("tcp:localhost", "tcp:localhost:5432"),
            ("tcp:localhost:0", "tcp:localhost:5432"),
            ("tcp::80", "tcp:localhost:5432"),
            ("file:", "is none of them"),
            ("http://", "a URL with a host"),
            ("http:///health", "a URL with a host"),
            ("http://h:99999/", "a URL with a host"),
            ("https://[::1", "a URL with a host"),
            ("http://h/ status=ok", "ok is no status of HTTP"),
            ("http://h/ status=99", "99 is no status of HTTP"),
            ("http://h/ body=(", "body=("),
            ("http://h/ 200", "after the URL come"),
        ] {
            let error = typed.parse::<Gate>().map(|gate| gate.to_string()).err().unwrap_or_default();
            assert!(error.contains(says), "{typed}: {error}");
        }
    }
}
