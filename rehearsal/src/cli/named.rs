//! `--stack-name`, `--region` and `--account`: given, or as the cloud assembly has them that the template is in.

use std::path::Path;

use clap::Args;

use crate::assembly::{Found, beside};
use crate::rehearsal::Options;
use crate::stack_name;

#[derive(Args, Clone, Debug, Default)]
pub(super) struct NameArguments {
    /// The stack's name [default: what manifest.json says beside a template that the CDK synthesised, else rehearsal]
    #[arg(long, value_name = "NAME", value_parser = named)]
    stack_name: Option<String>,
    /// The stack's region [default: as above, else us-east-1]
    #[arg(long, value_parser = region)]
    region: Option<String>,
    /// The account's id, twelve digits: for a CDK app that is bound to one [default: as above, else 123456789012]
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,
}

impl NameArguments {
    /// Names the stack of `template`. Gives what is to be said of it.
    pub(super) fn name(&self, template: Option<&Path>, options: &mut Options) -> Option<String> {
        let found = match (&self.stack_name, &self.region, &self.account) {
            (Some(_), Some(_), Some(_)) => Found::Nothing,
            _ => template.map_or(Found::Nothing, beside),
        };
        let mut told = None;
        if let Found::Stack(stack) = &found {
            let mut taken = Vec::new();
            if self.stack_name.is_none() {
                options.stack_name = stack.name.clone();
                taken.push(format!("stack {}", stack.name));
            }
            let known = stack.region.as_deref().and_then(|it| region(it).ok());
            if let (None, Some(region)) = (&self.region, known) {
                taken.push(format!("region {region}"));
                options.region = region;
            }
            let known = stack.account.as_deref().and_then(|it| account(it).ok());
            if let (None, Some(account)) = (&self.account, known) {
                taken.push(format!("account {account}"));
                options.account_id = account;
            }
            told =
                (!taken.is_empty()).then(|| format!("as the CDK's manifest.json says: {}", taken.join(", ")));
        }
        options.stack_name = self.stack_name.clone().unwrap_or_else(|| options.stack_name.clone());
        options.account_id = self.account.clone().unwrap_or_else(|| options.account_id.clone());
        options.region = self.region.clone().unwrap_or_else(|| options.region.clone());
        match found {
            Found::Unclear(why) if self.stack_name.is_none() => {
                Some(format!("{why}; the stack is called {}", options.stack_name))
            }
            _ => told,
        }
    }
}

fn named(text: &str) -> Result<String, String> {
    let good = text.len() <= stack_name::LONGEST && stack_name::is_well_formed(text);
    good.then(|| text.to_owned()).ok_or_else(|| {
        format!(
            "a stack's name is a letter, then letters, digits and hyphens, at most {}",
            stack_name::LONGEST
        )
    })
}

fn account(text: &str) -> Result<String, String> {
    let good = text.len() == 12 && text.bytes().all(|it| it.is_ascii_digit());
    good.then(|| text.to_owned()).ok_or_else(|| "an account's id is twelve digits".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let good = text.contains('-')
        && text.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
    good.then(|| text.to_owned()).ok_or_else(|| "a region is a name such as eu-west-1".to_owned())
}
