#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};
use crate::model::Removal;

/// `DeletionPolicy` and `UpdateReplacePolicy` of a resource with these attributes.
fn removal(attributes: &str) -> Result<(Removal, Removal), String> {
    let text = format!(
        "Transform: AWS::LanguageExtensions\nParameters: {{Keep: {{Type: String, Default: Retain}}}}\nConditions: {{Never: !Equals [a, b]}}\n\
         Resources:\n  R: {{Type: AWS::S3::Bucket{attributes}}}"
    );
    let template = Template::parse(&text, "t").unwrap();
    let stack = template.resolve(&inputs()).map_err(|error| error.to_string())?.stack;
    let resource = stack.resources.into_iter().next().unwrap();
    Ok((resource.deletion_policy, resource.update_replace_policy))
}

#[test]
fn policies() {
    use Removal::{Delete, Retain, RetainExceptOnCreate};

    for (attributes, expected) in [
        ("", (Delete, Delete)),
        (", DeletionPolicy: Retain", (Retain, Delete)),
        (
            ", DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain",
            (RetainExceptOnCreate, Retain),
        ),
        (", DeletionPolicy: Snapshot, UpdateReplacePolicy: Delete", (Delete, Delete)),
        (", DeletionPolicy: !Ref Keep", (Retain, Delete)),
        (", DeletionPolicy: !If [Never, Retain, Delete]", (Delete, Delete)),
    ] {
        assert_eq!(removal(attributes), Ok(expected), "{attributes}");
    }
    assert_eq!(
        removal(", UpdateReplacePolicy: RetainExceptOnCreate").unwrap_err(),
        "t:5:51: Resources.R.UpdateReplacePolicy: \"RetainExceptOnCreate\" is no UpdateReplacePolicy; it is Delete, Retain, Snapshot (Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource R)"
    );
    assert!(
        removal(", DeletionPolicy: keep")
            .unwrap_err()
            .ends_with("(Template format error: Unrecognized DeletionPolicy keep for resource R)")
    );
}
