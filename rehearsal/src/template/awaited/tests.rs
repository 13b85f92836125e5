#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Inputs, Planned, Template, inputs::sample::inputs};
use crate::model::{CreationPolicy, Role, Wait};

fn planned(count: &str, outputs: &dyn Fn(&str, &str) -> Option<String>) -> Planned {
    let text = format!(
        "Resources:\n  Child: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: child.yaml}}}}\n  \
         Box: {{Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {{ResourceSignal: {{Count: {count}, Timeout: PT10M}}}}}}\n"
    );
    let template = Template::parse(&text, "t").unwrap();
    template.resolve(&Inputs { get_att: outputs, ..inputs() }).unwrap()
}

fn count(planned: &Planned) -> Option<u32> {
    match &planned.stack.resources[1].role {
        Role::WaitCondition(Wait::Signals(CreationPolicy { count, .. })) => Some(*count),
        _ => None,
    }
}

#[test]
fn a_policy_waits_for_what_a_nested_stack_gives() {
    for written in
        ["!GetAtt Child.Outputs.N", "!Sub '${Child.Outputs.N}'", "!Select [0, [!GetAtt Child.Outputs.N]]"]
    {
        let before = planned(written, &|_, _| None);
        let awaited = &before.awaited[0];
        assert_eq!((awaited.logical_id.as_str(), awaited.of.as_str()), ("Box", "Child"));
        let told = awaited.error.to_string();
        assert!(told.contains("give it with --attribute Child.Outputs.N=VALUE"), "{told}");
        assert_eq!(before.stack.resources[1].refusal.as_ref(), Some(&awaited.refusal()));
        assert_eq!(count(&before), Some(1), "it waits, for the time being");
        assert!(before.check_awaited().is_err());

        let after =
            planned(written, &|id, name| ((id, name) == ("Child", "Outputs.N")).then(|| "3".to_owned()));
        assert!(after.awaited.is_empty() && after.check_awaited().is_ok());
        assert_eq!((count(&after), &after.stack.resources[1].refusal), (Some(3), &None));
    }
}

#[test]
fn other_unknown_values_are_refused_as_ever() {
    let text = "Resources:\n  Sizes: {Type: Custom::Sizes}\n  \
                Box: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !GetAtt Sizes.N}}}\n";
    let told = Template::parse(text, "t").unwrap().resolve(&inputs()).unwrap_err().to_string();
    assert!(told.contains("--attribute Sizes.N=VALUE"), "{told}");
}
