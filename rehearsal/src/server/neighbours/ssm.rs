//! Systems Manager's parameters: those that clients put, those that stacks have as resources, and those that were given
//! with `--resolve`.
//!
//! What is kept with a parameter is shown again; policies are kept, and nothing ever comes of them.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>, and the pages of the
//! other actions there.

mod body;
mod described;
mod tags;

use cfn_signal_core::endpoint::Partition;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::super::{Received, Reply, Services, plain};
use super::THERE_IS;
use super::protocol::Protocol;
use crate::account::{Details, IMAGE, NotPut, Stored};
use crate::wording::for_client;

/// The types that a parameter may have.
const TYPES: [&str; 3] = ["String", "StringList", "SecureString"];

/// Bytes of a value.
const LONGEST: usize = 8 << 10;

/// Parameters that are asked for at once, and those of a page.
const AT_ONCE: usize = 10;

/// Where AWS keeps which image is the newest.
const IMAGES: &str = "/aws/service/";

/// What is wrong: a code and a message.
type Refusal = (&'static str, String);

struct Asked<'a> {
    services: &'a Services,
    body: Value,
}

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let protocol = Protocol::of(request, "ssm");
    if let Err(error) = request.caller(services, "ssm") {
        return protocol.auth_failure(&error);
    }
    let body = match body::read(&request.body) {
        Ok(body) => body,
        Err((code, message)) => return protocol.failure(400, code, &message),
    };
    let asked = Asked { services, body };
    let target = request.header("x-amz-target").unwrap_or_default();
    let answered = match target.strip_prefix("AmazonSSM.").unwrap_or_default() {
        "GetParameter" => asked.get(),
        "GetParameters" => asked.get_all(),
        "GetParametersByPath" => asked.get_below(),
        "PutParameter" => asked.put(),
        "DescribeParameters" => asked.describe(),
        "AddTagsToResource" => asked.tag(),
        "RemoveTagsFromResource" => asked.untag(),
        "ListTagsForResource" => asked.tags(),
        "DeleteParameter" => asked.delete(),
        "DeleteParameters" => Ok(asked.delete_all()),
        _ if target.is_empty() => Err(("UnknownOperationException", format!("no X-Amz-Target: {THERE_IS}"))),
        _ => Err(("UnsupportedOperation", format!("{target}: not rehearsed: {THERE_IS}"))),
    };
    match answered {
        Ok(body) => plain(StatusCode::OK, "application/x-amz-json-1.1", body.to_string()),
        Err((code, message)) => protocol.failure(400, code, &message),
    }
}

impl Asked<'_> {
    /// The name that has to be given.
    fn name(&self) -> Result<&str, Refusal> {
        let missing = "null at 'name' failed to satisfy constraint: Member must not be null";
        let given = self.body.get("Name").and_then(Value::as_str);
        given.ok_or_else(|| ("ValidationException", format!("1 validation error detected: Value {missing}")))
    }

    fn get(&self) -> Result<Value, Refusal> {
        let name = self.name()?;
        let not_found = || {
            let shown = own_name(name);
            let message = for_client(&format!(
                "No stack here has the parameter {shown}; put it, or give it with --resolve {shown}=VALUE"
            ));
            ("ParameterNotFound", message)
        };
        let (name, version) = named(name);
        let mut stored = self.stored(name).ok_or_else(not_found)?;
        if !go_to(&mut stored, version) {
            let message = format!(
                "Systems Manager could not find version {} of {name}. Verify the version and try again.",
                version.unwrap_or_default()
            );
            return Err(("ParameterVersionNotFound", message));
        }
        Ok(json!({ "Parameter": self.shown(name, &stored) }))
    }

    fn get_all(&self) -> Result<Value, Refusal> {
        let names = self.list("Names");
        let bound = match names.len() {
            0 => Some("greater than or equal to 1"),
            count if count > AT_ONCE => Some("less than or equal to 10"),
            _ => None,
        };
        if let Some(bound) = bound {
            let what = format!("'names' failed to satisfy constraint: Member must have length {bound}");
            return Err(invalid(&what));
        }
        let (mut found, mut invalid) = (Vec::new(), Vec::new());
        for asked in names {
            let (name, version) = named(asked);
            let stored = self.stored(name).and_then(|mut it| go_to(&mut it, version).then_some(it));
            match stored {
                Some(stored) => found.push(self.shown(name, &stored)),
                None => invalid.push(asked),
            }
        }
        Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
    }

    fn get_below(&self) -> Result<Value, Refusal> {
        let path = self.text("Path");
        if !path.starts_with('/') {
            let message = "The parameter path must be prefixed with a forward slash, /.";
            return Err(("ValidationException", message.to_owned()));
        }
        if self.body.get("ParameterFilters").is_some() {
            let message = "GetParametersByPath with ParameterFilters: not rehearsed".to_owned();
            return Err(("UnsupportedOperation", message));
        }
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let most =
            self.body.get("MaxResults").and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
        let most = most.unwrap_or(AT_ONCE).clamp(1, AT_ONCE);
        let (after, recursive) = (self.text("NextToken"), self.flag("Recursive"));
        let mut all = self.services.account.parameters_below(&prefix);
        all.retain(|name, _| {
            let rest = name.get(prefix.len()..).unwrap_or_default();
            name.as_str() > after && (recursive || !rest.contains('/'))
        });
        let shown: Vec<_> = all.iter().take(most).collect();
        let next = shown.last().filter(|_| all.len() > most).map(|(name, _)| (*name).clone());
        let found: Vec<_> = shown.iter().map(|(name, stored)| self.shown(name, stored)).collect();
        let mut told = json!({ "Parameters": found });
        if let (Some(next), Some(told)) = (next, told.as_object_mut()) {
            told.insert("NextToken".to_owned(), next.into());
        }
        Ok(told)
    }

    fn put(&self) -> Result<Value, Refusal> {
        let (name, value) = (self.name()?, self.text("Value"));
        check_name(name)?;
        let kind = self.body.get("Type").and_then(Value::as_str);
        if kind.is_some_and(|kind| !TYPES.contains(&kind)) {
            return Err(invalid(
                "'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]",
            ));
        }
        if value.is_empty() || value.len() > LONGEST {
            return Err(invalid(
                "'value' failed to satisfy constraint: Member must have length from 1 to 8192",
            ));
        }
        let details = self.details()?;
        let overwrite = self.flag("Overwrite");
        if overwrite && !details.tags.is_empty() {
            let message = "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please \
                           remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or \
                           RemoveTagsFromResource.";
            return Err(("ValidationException", message.to_owned()));
        }
        match self.services.account.put_parameter(name, (value, kind), details, overwrite) {
            Ok(version) => {
                let is_advanced = self.stored(name).is_some_and(|it| it.details.is_advanced);
                Ok(json!({ "Version": version, "Tier": tier(is_advanced) }))
            }
            Err(NotPut::Mismatch(pattern)) => Err((
                "ParameterPatternMismatchException",
                format!("Parameter value, cannot be validated against allowedPattern: {pattern}"),
            )),
            Err(NotPut::Exists) => Err((
                "ParameterAlreadyExists",
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
                    .to_owned(),
            )),
            Err(NotPut::NoType) => {
                let message = "A parameter type is required when you create a parameter.";
                Err(("ValidationException", message.to_owned()))
            }
            Err(NotPut::Full) => {
                let message = "There are too many parameters: delete some";
                Err(("ParameterLimitExceeded", message.to_owned()))
            }
        }
    }

    fn delete(&self) -> Result<Value, Refusal> {
        let name = self.name()?;
        if self.services.account.delete_parameter(name) {
            return Ok(json!({}));
        }
        if self.stored(name).is_some() {
            let message = format!(
                "{name} is a stack's resource, or was given with cfn-rehearse serve --resolve: it goes with that"
            );
            return Err(("ValidationException", message));
        }
        Err(("ParameterNotFound", format!("There is no parameter {name}")))
    }

    fn delete_all(&self) -> Value {
        let (mut deleted, mut invalid) = (Vec::new(), Vec::new());
        for name in self.list("Names") {
            let list = if self.services.account.delete_parameter(name) { &mut deleted } else { &mut invalid };
            list.push(name);
        }
        json!({ "DeletedParameters": deleted, "InvalidParameters": invalid })
    }

    fn stored(&self, name: &str) -> Option<Stored> {
        let image = || {
            let is_public = name.starts_with(IMAGES) && name.contains("ami");
            let at = crate::clock::wall();
            let (value, kind) = (IMAGE.to_owned(), "String".to_owned());
            let (past, details) = (Vec::new(), Details::default());
            is_public.then_some(Stored { value, kind, version: 1, past, at, details })
        };
        self.services.account.parameter(name).or_else(image)
    }

    fn arn(&self, name: &str) -> String {
        let (region, account_id) = (&self.services.account.region, &self.services.account.account_id);
        let partition = Partition::of(region).name();
        let path = name.strip_prefix('/').unwrap_or(name);
        format!("arn:{partition}:ssm:{region}:{account_id}:parameter/{path}")
    }

    fn shown(&self, name: &str, stored: &Stored) -> Value {
        let is_hidden = stored.is_secret() && !self.flag("WithDecryption");
        let value = if is_hidden { hidden(&stored.value) } else { stored.value.clone() };
        let at = stored.at.as_seconds();
        json!({
            "Name": name, "Type": stored.kind, "Value": value, "Version": stored.version, "LastModifiedDate": at,
            "DataType": "text", "ARN": self.arn(name)
        })
    }

    fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<&str> {
        let list = self.body.get(name).and_then(Value::as_array);
        list.map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.body.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// A name alone, and the version that it may end with.
fn named(asked: &str) -> (&str, Option<&str>) {
    match own_name(asked).split_once(':') {
        Some((name, version)) => (name, Some(version)),
        None => (own_name(asked), None),
    }
}

/// Makes it what it was at a version; false where it had none such.
fn go_to(stored: &mut Stored, version: Option<&str>) -> bool {
    let Some(value) = stored.at_version(version).map(str::to_owned) else { return false };
    stored.version = version.and_then(|it| it.parse().ok()).unwrap_or(stored.version);
    stored.value = value;
    true
}

/// The name in an ARN.
fn own_name(asked: &str) -> &str {
    let in_arn = asked.strip_prefix("arn:").and_then(|it| it.split_once(":parameter"));
    in_arn.map_or(asked, |(_, name)| name)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let is_good = |it: char| it.is_ascii_alphanumeric() || "_.-/".contains(it);
    if name.is_empty() || name.len() > 1011 || !name.chars().all(is_good) {
        let message = "Parameter name must have letters, digits and .-_/ only, and at most 1011 of them";
        return Err(("ValidationException", message.to_owned()));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(("ValidationException", "Parameter name must be a fully qualified name.".to_owned()));
    }
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Err(("AccessDeniedException", format!("No access to reserved parameter name: {name}.")));
    }
    Ok(())
}

fn invalid(what: &str) -> Refusal {
    ("ValidationException", format!("1 validation error detected: Value at {what}"))
}

/// `Tier`.
fn tier(is_advanced: bool) -> &'static str {
    if is_advanced { "Advanced" } else { "Standard" }
}

/// What stands for a secure value that is not to be shown.
fn hidden(value: &str) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    format!("AQICAH{}", hex::encode(digest(&SHA256, value.as_bytes())))
}
