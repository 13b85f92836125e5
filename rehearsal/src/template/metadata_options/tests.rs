#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};
use super::MetadataOptions;

/// Of an instance with these properties; its launch template says `data`.
fn options(properties: &str, data: &str) -> MetadataOptions {
    let text = format!(
        "Parameters:\n  Tokens: {{Type: String, Default: optional}}\nResources:\n  \
         T: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{{data}}}}}}}\n  \
         Box: {{Type: AWS::EC2::Instance, Properties: {{{properties}}}}}"
    );
    Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap().launches["Box"].metadata
}

#[test]
fn what_is_said_last_counts_and_what_is_not_said_needs_a_token() {
    let launched = "LaunchTemplate: {LaunchTemplateId: !Ref T, Version: '1'}";
    let own = |tokens: &str| format!("MetadataOptions: {{HttpTokens: {tokens}}}");
    let both = format!("{launched}, {}", own("required"));
    let optional = own("optional");
    for (properties, data, needs_token) in [
        ("", "", true),
        (own("optional").as_str(), "", false),
        (own("!Ref Tokens").as_str(), "", false),
        (own("required").as_str(), "", true),
        (launched, optional.as_str(), false),
        (both.as_str(), optional.as_str(), true),
        (launched, "MetadataOptions: {HttpEndpoint: enabled}", true),
    ] {
        let expected = MetadataOptions { needs_token, ..MetadataOptions::default() };
        assert_eq!(options(properties, data), expected, "{properties} / {data}");
    }
    let disabled = options("MetadataOptions: {HttpEndpoint: disabled}", "");
    assert_eq!(disabled, MetadataOptions { answers: false, ..MetadataOptions::default() });
    let more = "MetadataOptions: {HttpProtocolIpv6: enabled, InstanceMetadataTags: enabled, HttpPutResponseHopLimit: 1}";
    let more = options(more, "");
    assert_eq!((more.answers_ipv6, more.shows_tags, more.hop_limit), (true, true, 1));
    let wrong = options("MetadataOptions: {HttpPutResponseHopLimit: 65}", "");
    assert_eq!(wrong, MetadataOptions::default());
}
