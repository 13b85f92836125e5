//! The Signature Version 4 test suites, and what every signer has to answer to them.
//!
//! `tests/data/sigv4-cases.json` holds 122 cases of several suites, current and old. [`check`] puts each to a signer
//! and compares the canonical request, the string to sign, the signature and what would go on the wire. A few cases
//! contradict each other or no URI parser: [`DECISIONS`] names each of them with our answer and the reason.

mod case;
mod decisions;

use std::collections::HashSet;

use cfn_signal_core::sigv4::{Explanation, SigningInstructions};

pub use case::{Case, Expected, Mode};
pub use decisions::{Answer, DECISIONS, Decision};

/// What a signer made of a case.
pub struct Signed {
    /// The headers to add.
    pub headers: Vec<(String, String)>,
    /// The URI to request.
    pub uri: String,
    /// Lower-case hex.
    pub signature: String,
    /// What was hashed.
    pub canonical_request: String,
    /// What was signed.
    pub string_to_sign: String,
}

impl Signed {
    /// What a signer says to add, and how it explains that.
    #[must_use]
    pub fn new(instructions: SigningInstructions, explanation: Explanation) -> Self {
        let SigningInstructions { headers, uri, signature } = instructions;
        let Explanation { canonical_request, string_to_sign } = explanation;
        Self { headers, uri, signature, canonical_request, string_to_sign }
    }
}

/// Puts every case to `sign`. `Ok` holds how many there were, `Err` a paragraph for each difference.
///
/// # Errors
///
/// A case is answered otherwise, the cases cannot be read, or a decision belongs to no case.
pub fn check(mut sign: impl FnMut(&Case) -> Result<Signed, String>) -> Result<usize, String> {
    let cases = case::read()?;
    let mut differences = Vec::new();
    for case in &cases {
        match sign(case) {
            Ok(signed) => differences.extend(compare(case, &signed)),
            Err(error) => differences.push(format!("{}: not signed: {error}", case.id)),
        }
    }
    differences.extend(needless_decisions(&cases));
    differences.extend(cases.iter().filter_map(missing_decision));
    if differences.is_empty() { Ok(cases.len()) } else { Err(differences.join("\n")) }
}

fn compare(case: &Case, signed: &Signed) -> Vec<String> {
    let mut differences = Vec::new();
    let mut same = |what: &str, actual: &str, expected: &str| {
        if actual != expected {
            differences
                .push(format!("{}: {what}\n   expected {expected:?}\n   but got  {actual:?}", case.id));
        }
    };
    if let Some(Answer::Ours { canonical_request, signature }) = case.decision().map(|row| row.answer) {
        same("canonical request (ours)", &signed.canonical_request, canonical_request);
        same("signature (ours)", &signed.signature, signature);
        return differences;
    }
    let expected = &case.expect;
    same("canonical request", &signed.canonical_request, &expected.canonical_request);
    if let Some(string_to_sign) = &expected.string_to_sign {
        same("string to sign", &signed.string_to_sign, string_to_sign);
    }
    if let Some(signature) = &expected.signature {
        same("signature", &signed.signature, signature);
    }
    if let Some(authorization) = &expected.authorization {
        same("authorization", header(signed, "authorization"), authorization);
    }
    if let Some(raw) = &expected.signed_request_raw {
        compare_wire(case, signed, raw, &mut same);
    }
    differences
}

/// `raw` is the whole signed request: its target when presigned, its added headers otherwise.
fn compare_wire(case: &Case, signed: &Signed, raw: &str, same: &mut impl FnMut(&str, &str, &str)) {
    let (head, _) = raw.split_once("\n\n").unwrap_or((raw, ""));
    match case.mode {
        Mode::Query => {
            let line = head.lines().next().unwrap_or_default();
            let target = line
                .split_once(' ')
                .and_then(|(_, rest)| rest.rsplit_once(' '))
                .map_or("", |(target, _)| target);
            let signed_target = signed.uri.strip_prefix(&case.origin()).unwrap_or("another origin");
            // One suite's parser encodes the space that its file has raw.
            same("target", &signed_target.replace(' ', "%20"), &target.replace(' ', "%20"));
            same("headers", &format!("{:?}", signed.headers), "[]");
        }
        Mode::Header => {
            same("uri", &signed.uri, &case.request.url);
            let added = head.lines().skip(1).filter_map(|line| line.split_once(':')).filter(|(name, _)| {
                !case.request.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
                    && !name.starts_with(' ')
            });
            let mut count = 0;
            for (name, value) in added {
                count += 1;
                same(name, header(signed, &name.to_ascii_lowercase()), value);
            }
            same("number of headers added", &signed.headers.len().to_string(), &count.to_string());
        }
    }
}

fn header<'a>(signed: &'a Signed, name: &str) -> &'a str {
    signed.headers.iter().find(|(candidate, _)| candidate == name).map_or("", |(_, value)| value)
}

/// A decision has a case of its own, and only where the suite's answer is not ours does it hold another.
fn needless_decisions(cases: &[Case]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut needless = Vec::new();
    for row in DECISIONS {
        let case = cases.iter().find(|case| case.id == row.id);
        let same = matches!((row.answer, case), (Answer::Ours { canonical_request, .. }, Some(case))
            if case.expect.canonical_request == canonical_request);
        if case.is_none() || same || !seen.insert(row.id) {
            needless.push(format!(
                "{}: a decision without a case, without a difference, or a second one",
                row.id
            ));
        }
    }
    needless
}

/// A case that leaves something out, or of whose answer two circulate, has to be decided.
fn missing_decision(case: &Case) -> Option<String> {
    let contested = case.note.as_deref().is_some_and(|note| note.contains("vector says"));
    let open = case.expect.string_to_sign.is_none() || case.expect.signature.is_none();
    ((contested || open) && case.decision().is_none())
        .then(|| format!("{}: contested, and not decided", case.id))
}
