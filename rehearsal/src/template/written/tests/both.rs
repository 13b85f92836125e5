//! What lint and a rehearsal are to agree about, although no value is missing.

use super::{box_with, linted, refused, rehearsed, taken};
use crate::lint::{Selection, lint};

/// Refused by both, with these words somewhere in what is told.
#[track_caller]
fn refused_alike(text: &str, words: &str) {
    let told = rehearsed(text).unwrap_err();
    assert!(told.contains(words), "{text}\n{told}");
    let (_, linted) = linted(text);
    assert!(linted.iter().any(|it| it.contains(words)), "{text}\n{linted:?}");
}

#[test]
fn what_a_stack_is_made_of() {
    let instance = |attributes: &str| box_with(&format!("Type: AWS::EC2::Instance, {attributes}"));
    let signal = |policy: &str| instance(&format!("CreationPolicy: {{ResourceSignal: {{{policy}}}}}"));
    let rolling = |policy: &str| {
        box_with(&format!(
            "Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 2}}, UpdatePolicy: {{AutoScalingRollingUpdate: {{{policy}}}}}"
        ))
    };
    let wait = |properties: &str| {
        box_with(&format!("Type: AWS::CloudFormation::WaitCondition, Properties: {{{properties}}}"))
    };
    for (text, words) in [
        (instance("DependsOn: {a: b}"), "DependsOn takes a logical id"),
        (instance("DependsOn: Box"), "Circular dependency between resources: [Box]"),
        (instance("Properties: {A: !Ref Box}"), "Circular dependency between resources: [Box]"),
        (instance("DeletionPolicy: Keep"), "\"Keep\" is no DeletionPolicy"),
        (instance("Properties: {A: {Ref: [a]}}"), "every Ref object must have a single String value"),
        (signal("Count: x"), "\"x\" is no Count"),
        (signal("Count: -1"), "\"-1\" is no Count"),
        (signal("Counts: 1"), "a ResourceSignal has no \"Counts\""),
        (rolling("Batch: 1"), "an AutoScalingRollingUpdate has no \"Batch\""),
        (rolling("MaxBatchSize: 0"), "a MaxBatchSize of 0"),
        (box_with("Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 1}"), "needs a MaxSize"),
        (wait("Timeout: 5"), "needs either a Handle or a CreationPolicy"),
        (wait("Handle: !Ref H"), "needs a Timeout"),
        (
            box_with("Type: AWS::SNS::Topic, DependsOn: Opt")
                .replace("  Box", "  Opt: {Type: AWS::SNS::Topic, Properties: {A: !Ref Box}}\n  Box"),
            "Circular dependency between resources: [",
        ),
        (
            box_with("Type: AWS::SNS::Topic")
                .replace("Yes:", "One: !Not [!Condition Two], Two: !Not [!Condition One], Yes:"),
            "depends on itself",
        ),
    ] {
        refused_alike(&text, words);
    }
}

/// The stack begins with it, so that lint alone tells of it before.
#[test]
fn what_is_refused_later_is_found_before() {
    let text = box_with(
        "Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: !Join ['', [P, 5M]]}}",
    );
    assert_eq!(rehearsed(&text), Ok(Vec::new()));
    let told = linted(&text).1;
    assert!(matches!(told.as_slice(), [one] if one.starts_with("\"P5M\" is no Timeout")), "{told:?}");
}

#[test]
fn defaults_that_are_none() {
    for (declared, words) in [
        ("Type: String, Default: a, AllowedValues: [b]", "Parameter 'P' must be one of AllowedValues"),
        ("Type: String, Default: a, MinLength: 3", "Parameter 'P' must contain at least 3 characters"),
        ("Type: Number, Default: a", "Parameter 'P' must be a number"),
    ] {
        refused_alike(
            &format!("Parameters: {{P: {{{declared}}}}}\nResources: {{A: {{Type: AWS::SNS::Topic}}}}\n"),
            words,
        );
    }
    let counts = "Parameters: {N: {Type: String, Default: x}}\nResources: {A: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !Ref N}}}}\n";
    refused_alike(counts, "\"x\" is no Count");
    assert!(linted(counts).1.iter().any(|told| told.ends_with("with the parameters' defaults")));
}

/// What only a stack or the service knows is not judged without one.
#[test]
fn what_is_not_known_is_no_fault() {
    for text in [
        "Parameters: {N: {Type: String}}\nResources: {A: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !Ref N}}}}\n",
        "Parameters: {C: {Type: String}}\nConditions: {Yes: !Equals [!Ref C, a]}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: Yes}\n  B: {Type: AWS::SNS::Topic, Properties: {P: !Ref A}}\n",
        "Conditions: {Yes: !Equals [!Ref AWS::Region, a]}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: Yes}\n  B: {Type: AWS::SNS::Topic, Properties: {P: !Ref A}}\n",
        "Mappings: {M: {eu-north-1: {A: b}}}\nResources: {B: {Type: AWS::SNS::Topic, Properties: {P: !FindInMap [M, !Ref AWS::Region, A]}}}\n",
        "Mappings: {M: {aws: {A: b}}}\nResources: {B: {Type: AWS::SNS::Topic, Properties: {P: !FindInMap [M, !Sub '${AWS::Partition}', A]}}}\n",
        "Resources: {A: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !ImportValue n}}}}\n",
    ] {
        assert_eq!(linted(text).1, [""; 0], "{text}");
    }
}

#[test]
fn names_types_and_attributes() {
    let with = |section: &str| format!("{section}\nResources: {{A: {{Type: AWS::SNS::Topic}}}}\n");
    for (text, message) in [
        (
            "Resources: {A: {Type: Nonsense}, B: {Type: AWS::Topic}, C: {Type: 'A::b c::D'}}".to_owned(),
            "Template format error: Unrecognized resource types: [Nonsense, AWS::Topic, A::b c::D]",
        ),
        (
            with("Parameters: {a-b: {Type: String, Default: a}}"),
            "Template format error: Parameter name a-b is non alphanumeric.",
        ),
        (
            with("Outputs: {a-b: {Value: a}}"),
            "Template format error: Outputs name 'a-b' is non alphanumeric.",
        ),
        (with("Mappings: {a_b: {c: {d: e}}}"), "Template format error: Mappings name a_b is non alphanumeric."),
        (
            with("Parameters: {A: {Type: String, Default: a, Properties: {}}}"),
            "Invalid template parameter property 'Properties'",
        ),
        (
            with("Parameters: {L: {Type: CommaDelimitedList, Default: a}}\nOutputs: {O: {Value: !Ref L}}"),
            "Template format error: The Value field of every Outputs member must evaluate to a String and not a List.",
        ),
        (
            with("Outputs: {O: {Value: {a: b, c: d}}}"),
            "Template format error: The Value field of every Outputs member must evaluate to a String and not a Map.",
        ),
        (
            with("Conditions: {Unused: !Not [!Equals [!Ref A, b]]}"),
            "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Properties: {P: !FindInMap [M, a, b]}}}".to_owned(),
            "Template error: Mapping named 'M' is not present in the 'Mappings' section of template.",
        ),
        (
            "Mappings: {M: {a: {b: c}}}\nResources: {A: {Type: AWS::SNS::Topic, Properties: {P: [{Q: !FindInMap [M, a, c]}]}}}".to_owned(),
            "Template error: Unable to get mapping for M::a::c",
        ),
    ] {
        refused(&text, message);
    }
    refused_alike("Resources: {A: {Type: AWS::SNS::Topic, Properties: [a]}}\n", "Properties is a map");
    for pattern in ["[a", "(a", "a)", "*a"] {
        let text =
            with(&format!("Parameters: {{A: {{Type: String, Default: a, AllowedPattern: '{pattern}'}}}}"));
        refused_alike(&text, "is no regular expression");
    }
    for text in [
        "Resources: {A: {Type: Custom::X}, B: {Type: Own::A::B}, C: {Type: A::B::C::D}, D: {Type: OS::Nova::Server}}".to_owned(),
        "Conditions: {No: !Equals [a, b]}\nResources: {A: {Type: AWS::SNS::Topic}, B: {Type: Nonsense, Condition: No, Properties: {P: !FindInMap [!Ref AWS::Region, a, b]}}}".to_owned(),
        "Conditions: {No: !Equals [a, b]}\nMappings: {M: {a: {b: c}}}\nResources: {A: {Type: AWS::SNS::Topic, Properties: {P: !If [No, !FindInMap [M, a, x], a]}}}".to_owned(),
        with("Parameters: {A: {Type: String, Default: a, AllowedPattern: '[a-z&&[^b]]*\\Qx(\\E?|a*+'}}"),
        "Transform: Own\nParameters: {a-b: {Type: String, Default: a, More: b}}\nOutputs: {a-b: {Value: [a]}}\nResources: {A: {Type: Nonsense}}".to_owned(),
    ] {
        taken(&text, None, None);
    }
}

/// Once it is written out, everything of such a template is known.
#[test]
fn the_language_extensions_leave_nothing_unchecked() {
    let with = |resource: &str, rest: &str| {
        format!(
            "Transform: AWS::LanguageExtensions\nResources: {{A: {{Type: AWS::SNS::Topic{resource}}}}}\n{rest}"
        )
    };
    let missing = "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template";
    for (text, message) in [
        (with(", Propertys: {}", ""), "Invalid template resource property 'Propertys'"),
        (
            with("", "Outputs: {O: {Description: a}}"),
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (with(", Properties: {P: !Ref Nope}", ""), missing),
        (with(", DependsOn: Nope", ""), missing),
        (
            with(", Condition: Nope", ""),
            "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
        ),
        (
            "Transform: [AWS::LanguageExtensions]\nResources: {'Fn::ForEach::L': [I, [a, b], {'T${I}': {Type: AWS::SNS::Topic, DependsOn: !Sub 'U${I}'}}], Ub: {Type: AWS::SNS::Topic}}\n".to_owned(),
            "Template format error: Unresolved resource dependencies [Ua] in the Resources block of the template",
        ),
    ] {
        refused(&text, message);
    }
    let loops = "Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::L': [I, [a, b], {'T${I}': {Type: AWS::SNS::Topic, Properties: {P: !Sub '${I}'}}}]\n  Last: {Type: AWS::SNS::Topic, DependsOn: Ta, Properties: {P: !Ref Tb}}\nOutputs: {'Fn::ForEach::O': [I, [a, b], {'O${I}': {Value: !GetAtt [!Sub 'T${I}', TopicName]}}]}\n";
    taken(loops, None, None);
}

#[test]
fn a_policy_decides_who_can_signal_a_wait_condition() {
    let found = |policy: &str| {
        let text = box_with(&format!(
            "Type: AWS::CloudFormation::WaitCondition{policy}, Properties: {{Handle: !Ref H, Timeout: 5}}"
        ));
        let report = lint(&text, "t", &Selection::default()).unwrap();
        report.findings.iter().any(|it| it.rule.code == "CFS010")
    };
    assert!(found("") && found(", CreationPolicy: {}"));
    assert!(!found(", CreationPolicy: {ResourceSignal: {Timeout: PT5S}}"));
    assert!(!found(", CreationPolicy: !If [Yes, {ResourceSignal: {Timeout: PT5S}}, !Ref 'AWS::NoValue']"));
}
