//! The metadata that `cfn-init` reads, as far as it is resolved.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html>

use serde_json::Value as Json;

/// Its key in a resource's `Metadata`.
pub(crate) const INIT: &str = "AWS::CloudFormation::Init";

/// A command, a file or the like.
pub(crate) struct Item<'m> {
    pub(crate) config: &'m str,
    pub(crate) section: &'m str,
    pub(crate) name: &'m str,
    pub(crate) value: &'m Json,
}

/// What the `sections` of every config have, whichever config is run. `metadata` is a resource's.
pub(crate) fn items<'m>(metadata: &'m Json, sections: &'m [&str]) -> impl Iterator<Item = Item<'m>> {
    let configs = metadata.get(INIT).and_then(Json::as_object).into_iter().flatten();
    configs.flat_map(move |(config, it)| {
        let of = move |section: &&'m str| {
            let section = *section;
            let all = it.get(section).and_then(Json::as_object).into_iter().flatten();
            all.map(move |(name, value)| Item { config, section, name, value })
        };
        sections.iter().flat_map(of)
    })
}
