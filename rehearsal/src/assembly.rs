//! What a cloud assembly (`cdk.out`) says of a template in it: the name and the place of the stack that it is for.
//!
//! Source: <https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema>

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::stack_name;

#[cfg(test)]
mod tests;

/// Its table of contents, beside the templates; an assembly within another, such as a stage's, has its own.
const MANIFEST: &str = "manifest.json";

/// What a stack is among the artifacts.
const STACK: &str = "aws:cloudformation:stack";

/// An assembly of thousands of stacks has some megabytes.
const MOST: u64 = 64 << 20;

/// A stack, as its assembly has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assembled {
    /// The name that it is deployed under.
    pub(crate) name: String,
    /// Its account, where the app says which.
    pub(crate) account: Option<String>,
    /// Its region, where the app says which.
    pub(crate) region: Option<String>,
}

/// What the manifest beside a template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is none, or it is none of a cloud assembly, or has no such template.
    Nothing,
    /// The stack that the template is for.
    Stack(Assembled),
    /// Nothing that could be taken; why, in words.
    Unclear(String),
}

/// Looks beside a template.
pub(crate) fn beside(template: &Path) -> Found {
    let Some(file) = template.file_name().and_then(|it| it.to_str()) else { return Found::Nothing };
    let mut text = String::new();
    let manifest = template.with_file_name(MANIFEST);
    // A pipe of that name is nobody's manifest.
    let read = manifest
        .metadata()
        .and_then(
            |it| if it.is_file() { File::open(&manifest) } else { Err(std::io::ErrorKind::NotFound.into()) },
        )
        .and_then(|it| it.take(MOST).read_to_string(&mut text));
    match read {
        Ok(_) => within(&text, file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Found::Nothing,
        Err(error) => unread(file, &error.to_string()),
    }
}

/// Other tools have manifests of that name: only what looks like the CDK's is worth a word.
fn unread(file: &str, why: &str) -> Found {
    if file.ends_with(".template.json") {
        Found::Unclear(format!("{MANIFEST} beside the template cannot be read ({why})"))
    } else {
        Found::Nothing
    }
}

fn within(manifest: &str, file: &str) -> Found {
    let manifest: Value = match serde_json::from_str(manifest) {
        Ok(manifest) => manifest,
        Err(error) => return unread(file, &error.to_string()),
    };
    let Some(artifacts) = manifest.get("artifacts").and_then(Value::as_object) else { return Found::Nothing };
    let text = |it: &Value, name: &str| it.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_of_template = |it: &Value| {
        let template = it.get("properties").and_then(|it| text(it, "templateFile"));
        text(it, "type").as_deref() == Some(STACK)
            && template.as_deref().map(|it| it.trim_start_matches("./")) == Some(file)
    };
    let mut stacks = artifacts.iter().filter(|(_, it)| is_of_template(it)).map(|(id, it)| {
        let named = it.get("properties").and_then(|it| text(it, "stackName"));
        let place = text(it, "environment").unwrap_or_default();
        let (account, region) = place.trim_start_matches("aws://").split_once('/').unwrap_or_default();
        let known = |it: &str| (!it.is_empty() && !it.starts_with("unknown-")).then(|| it.to_owned());
        Assembled {
            name: named.unwrap_or_else(|| id.clone()),
            account: known(account),
            region: known(region),
        }
    });
    let Some(stack) = stacks.next() else { return Found::Nothing };
    if let Some(other) = stacks.find(|it| *it != stack) {
        return Found::Unclear(format!(
            "{MANIFEST} has this template for {} and for {}: say which with --stack-name",
            stack.name, other.name
        ));
    }
    if stack.name.len() > stack_name::LONGEST || !stack_name::is_well_formed(&stack.name) {
        return Found::Unclear(format!(
            "{MANIFEST} calls the stack {:?}, which is no stack's name",
            stack.name
        ));
    }
    Found::Stack(stack)
}
