//! The manual page, from the definition that also reads the command line.

use clap::Command;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::definition;

const DESCRIPTION: &str = "\
Sends the signal that a CreationPolicy, an UpdatePolicy or a wait condition makes a stack wait for. A wait condition is \
signalled by its handle's URL, a resource by its stack and logical id. The options of Amazon's helper of the same name \
mean the same here.";

const ENVIRONMENT: [(&str, &str); 8] = [
    ("AWS_REGION, AWS_DEFAULT_REGION", "The region, where --region is not given."),
    (
        "AWS_ENDPOINT_URL_CLOUDFORMATION, AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT",
        "The endpoint, where --url, --fips and --dual-stack are not given. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS (true) switches the URLs off.",
    ),
    (
        "AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_DISABLED",
        "Where the instance metadata service is, and whether it is asked at all.",
    ),
    (
        "AWS_EC2_METADATA_V1_DISABLED, AWS_METADATA_SERVICE_TIMEOUT, AWS_METADATA_SERVICE_NUM_ATTEMPTS",
        "Whether it is never asked without a token (true); the seconds that it has for an answer (1); how often it is asked for one value at a time (3, within 2.5 seconds while neither is set): what may yet come, and decides whether the signal counts, is asked for again.",
    ),
    (
        "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies, in capitals or not, where none is given by an option. The metadata service is never asked through one.",
    ),
    (
        "REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, AWS_CA_BUNDLE, CA_OVERRIDE, SSL_CERT_FILE, SSL_CERT_DIR",
        "Certificates to trust in place of the system's, where --ca-bundle is not given.",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, and the rest of AWS's credential chain",
        "Credentials, where the command line names none and the instance's identity is not used.",
    ),
    (
        "CFN_SIGNAL_STATE_DIR",
        "The folder of the journal and of what is armed, or `off`, where --state-dir is not given.",
    ),
];

pub(super) const EXAMPLES: [(&str, &str); 4] = [
    (
        "Last in user data, with the exit code of the step before:",
        "cfn-signal -e $? --stack my-stack --resource Server --region eu-west-1",
    ),
    (
        "Stack and resource from the instance's tags, and no failure once the stack is complete:",
        "cfn-signal -e $? --discover --if-complete ok",
    ),
    (
        "A command, and a signal for whatever becomes of it:",
        "cfn-signal run --stack my-stack --resource Server -- /opt/app/setup.sh",
    ),
    (
        "A failed wait condition, and why:",
        "cfn-signal --success false --reason 'migration failed' \"$HANDLE_URL\"",
    ),
];

/// The page of the command itself, in roff.
pub(super) fn page(command: &Command) -> String {
    let mut page = beginning(command, DESCRIPTION);
    page.extend(ends(&definition::after_help()));
    page.extend(environment());
    page.extend(examples());
    String::from_utf8_lossy(&page).into_owned()
}

/// The page of a part of it, such as `cfn-signal run`, whose help ends with `after`, under `heading`.
pub(super) fn page_of_part(command: &Command, description: &str, heading: &str, after: &str) -> String {
    let mut page = beginning(command, description);
    page.extend(text(heading, ""));
    page.extend(ends(after));
    page.extend(text(
        "SEE ALSO",
        "cfn-signal(1), of which the options of the signal, the environment and the outcomes are.",
    ));
    String::from_utf8_lossy(&page).into_owned()
}

/// Title, name, synopsis, description and options.
fn beginning(command: &Command, description: &str) -> Vec<u8> {
    let man = Man::new(command.clone()).manual("cfn-signal");
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _written = man
        .render_title(&mut page)
        .and_then(|()| man.render_name_section(&mut page))
        .and_then(|()| man.render_synopsis_section(&mut page));
    page.extend(text("DESCRIPTION", description));
    let _written = man.render_options_section(&mut page);
    page
}

fn text(heading: &str, body: &str) -> Vec<u8> {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    roff.text([roman(body)]);
    roff.to_roff().into_bytes()
}

/// The help's last part: a table of exit codes, then paragraphs.
fn ends(after: &str) -> Vec<u8> {
    let mut roff = Roff::new();
    for line in after.lines() {
        match row(line) {
            Some((code, name, meaning)) => {
                roff.control("TP", []);
                roff.text([bold(code), roman(" "), bold(name)]);
                roff.text([roman(meaning)]);
            }
            None if line.is_empty() => {
                roff.control("PP", []);
            }
            None => match line.strip_suffix(':') {
                Some(heading) => {
                    roff.control("SH", [heading.to_uppercase().as_str()]);
                }
                None if line.starts_with("  ") => {
                    roff.control("PP", []);
                    roff.control("RS", ["4"]);
                    roff.text([roman(line.trim_start())]);
                    roff.control("RE", []);
                }
                None => {
                    roff.text([roman(line)]);
                }
            },
        }
    }
    roff.to_roff().into_bytes()
}

/// A row of that table: the code, the outcome's name if it has one, its meaning.
fn row(line: &str) -> Option<(&str, &str, &str)> {
    let (code, rest) = line.trim_start().split_once(' ')?;
    code.parse::<u8>().ok()?;
    Some(match rest.trim_start().split_once("  ") {
        Some((name, meaning)) => (code, name, meaning.trim_start()),
        None => (code, "", rest.trim_start()),
    })
}

fn environment() -> Vec<u8> {
    let mut roff = Roff::new();
    roff.control("SH", ["ENVIRONMENT"]);
    for (names, meaning) in ENVIRONMENT {
        roff.control("TP", []);
        roff.text([bold(names)]);
        roff.text([roman(meaning)]);
    }
    roff.to_roff().into_bytes()
}

fn examples() -> Vec<u8> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for (meaning, line) in EXAMPLES {
        roff.control("PP", []);
        roff.text([roman(meaning)]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.text([roman(line)]);
        roff.control("RE", []);
    }
    roff.to_roff().into_bytes()
}

#[cfg(test)]
mod tests;
