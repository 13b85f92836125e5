//! What is kept with parameters, and `DescribeParameters`.
//!
//! Sources: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html>,
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html>

use cfn_signal_core::endpoint::Partition;
use serde_json::{Map, Value, json};

use super::{Asked, Refusal, invalid, tier};
use crate::account::{Account, Details, Stored};
use crate::auth::Principal;

/// Parameters of a page.
const A_PAGE: usize = 50;

/// What parameters are chosen by.
struct Filter<'a> {
    key: &'a str,
    option: &'a str,
    values: Vec<&'a str>,
}

impl Asked<'_> {
    /// What is to be kept with a parameter.
    pub(super) fn details(&self) -> Result<Details, Refusal> {
        let given = |name| self.body.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
        let owned = |name| given(name).map(str::to_owned);
        let is_advanced = match given("Tier") {
            None | Some("Standard" | "Intelligent-Tiering") => false,
            Some("Advanced") => true,
            Some(_) => {
                return Err(invalid(
                    "'tier' failed to satisfy constraint: Member must satisfy enum value set: [Standard, Advanced, \
                     Intelligent-Tiering]",
                ));
            }
        };
        let policies = policies(given("Policies"))?;
        let may_be_advanced = given("Tier").is_some_and(|it| it != "Standard");
        if !policies.is_empty() && !may_be_advanced {
            let message = "Parameters of the standard tier have no policies: give --tier Advanced".to_owned();
            return Err(("ValidationException", message));
        }
        Ok(Details {
            description: owned("Description"),
            pattern: owned("AllowedPattern"),
            is_advanced: is_advanced || !policies.is_empty(),
            policies,
            tags: self.pairs("Tags"),
        })
    }

    /// `DescribeParameters`: everything but the values.
    pub(super) fn describe(&self) -> Result<Value, Refusal> {
        let filters = self.filters()?;
        let most =
            self.body.get("MaxResults").and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
        let most = most.unwrap_or(A_PAGE).clamp(1, A_PAGE);
        let after = self.text("NextToken");
        let all = self.services.account.parameters_below("");
        let mut shown: Vec<_> = all
            .iter()
            .filter(|(name, stored)| name.as_str() > after && filters.iter().all(|it| it.lets(name, stored)))
            .take(most + 1)
            .collect();
        let is_more = shown.len() > most;
        shown.truncate(most);
        let next = shown.last().filter(|_| is_more).map(|(name, _)| (*name).clone());
        let found: Vec<_> = shown.into_iter().map(|(name, stored)| self.described(name, stored)).collect();
        let mut told = json!({ "Parameters": found });
        if let (Some(next), Some(told)) = (next, told.as_object_mut()) {
            told.insert("NextToken".to_owned(), next.into());
        }
        Ok(told)
    }

    fn described(&self, name: &str, stored: &Stored) -> Value {
        let Account { region, account_id, .. } = &*self.services.account;
        let user =
            Principal::User { name: "rehearsal".to_owned() }.arn(Partition::of(region).name(), account_id);
        let Details { description, pattern, is_advanced, policies, .. } = &stored.details;
        let policies: Vec<_> = policies.iter().map(|text| described_policy(text)).collect();
        let mut told = Map::new();
        for (key, value) in [
            ("Name", json!(name)),
            ("ARN", json!(self.arn(name))),
            ("Type", json!(stored.kind)),
            ("LastModifiedDate", json!(stored.at.as_seconds())),
            ("LastModifiedUser", json!(user)),
            ("Version", json!(stored.version)),
            ("Tier", json!(tier(*is_advanced))),
            ("Policies", json!(policies)),
            ("DataType", json!("text")),
        ] {
            told.insert(key.to_owned(), value);
        }
        for (key, value) in [("Description", description), ("AllowedPattern", pattern)] {
            told.extend(value.as_ref().map(|it| (key.to_owned(), json!(it))));
        }
        if stored.is_secret() {
            told.insert("KeyId".to_owned(), json!("alias/aws/ssm"));
        }
        Value::Object(told)
    }

    fn filters(&self) -> Result<Vec<Filter<'_>>, Refusal> {
        let mut filters = Vec::new();
        // The older form looks for what names begin with.
        for (name, by_default) in [("ParameterFilters", "Equals"), ("Filters", "BeginsWith")] {
            for it in self.body.get(name).and_then(Value::as_array).into_iter().flatten() {
                let key = text(it, "Key");
                let is_known = matches!(key, "Name" | "Type" | "Tier" | "DataType" | "KeyId" | "Path")
                    || key.starts_with("tag:");
                if !is_known {
                    let message = format!(
                        "The following filter key is not valid: {key}. Valid filter keys include: [Path, Name, Type, KeyId, \
                         Tier, DataType], and tag:KEY"
                    );
                    return Err(("InvalidFilterKey", message));
                }
                let option = it.get("Option").and_then(Value::as_str);
                let options = options(key);
                if let Some(wrong) = option.filter(|it| !options.contains(it)) {
                    let valid = options.join(", ");
                    let message = format!(
                        "The following filter option is not valid: {wrong}. Valid options include: [{valid}]."
                    );
                    return Err(("InvalidFilterOption", message));
                }
                let option = option.unwrap_or(by_default);
                filters.push(Filter { key, option, values: values(it) });
            }
        }
        Ok(filters)
    }
}

impl Filter<'_> {
    fn lets(&self, name: &str, stored: &Stored) -> bool {
        let is_secure = stored.is_secret();
        let any = |text: &str| {
            self.values.iter().any(|value| match self.option {
                "BeginsWith" => text.starts_with(value),
                "Contains" => text.contains(value),
                _ => text == *value,
            })
        };
        match self.key {
            "Name" => any(name) || any(name.trim_start_matches('/')),
            "Type" => any(&stored.kind),
            "Tier" => any(tier(stored.details.is_advanced)),
            "DataType" => any("text"),
            "KeyId" => is_secure && any("alias/aws/ssm"),
            "Path" => self.values.iter().any(|path| {
                let rest = name.strip_prefix(path.trim_end_matches('/')).and_then(|it| it.strip_prefix('/'));
                rest.is_some_and(|rest| self.option == "Recursive" || !rest.contains('/'))
            }),
            other => {
                let key = other.strip_prefix("tag:").unwrap_or_default();
                stored.details.tags.get(key).is_some_and(|it| self.values.is_empty() || any(it))
            }
        }
    }
}

/// What `Option` may be.
fn options(key: &str) -> &'static [&'static str] {
    match key {
        "Path" => &["Recursive", "OneLevel"],
        "Name" => &["Equals", "BeginsWith", "Contains"],
        _ => &["Equals", "BeginsWith"],
    }
}

fn text<'v>(it: &'v Value, name: &str) -> &'v str {
    it.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn values(it: &Value) -> Vec<&str> {
    let values = it.get("Values").and_then(Value::as_array);
    values.map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// The policies in a list in JSON.
fn policies(text: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let known = ["Expiration", "ExpirationNotification", "NoChangeNotification"];
    let list: Option<Vec<Value>> = serde_json::from_str(text).ok();
    let is_good = |it: &Value| known.contains(&self::text(it, "Type"));
    match list.filter(|list| list.iter().all(is_good)) {
        Some(list) => Ok(list.iter().map(ToString::to_string).collect()),
        None => Err((
            "InvalidPolicyAttributeException",
            format!("Policies is a list in JSON, and each Type is one of {}", known.join(", ")),
        )),
    }
}

fn described_policy(policy: &str) -> Value {
    let kind = serde_json::from_str(policy).ok().map(|it: Value| text(&it, "Type").to_owned());
    json!({ "PolicyText": policy, "PolicyType": kind, "PolicyStatus": "Pending" })
}
