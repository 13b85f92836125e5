#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use super::super::super::inputs::{Inputs, sample};
use crate::template::Template;

const EXTENDED: &str = "Transform: AWS::LanguageExtensions\n";

/// What a template asks for, a resource a line with its properties and what it depends on, or why nothing.
fn asks_for(text: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let inputs = Inputs { parameters: &parameters, ..sample::inputs() };
    let planned = Template::parse(text, "t").and_then(|template| template.resolve(&inputs));
    match planned {
        Err(error) => error.to_string(),
        Ok(planned) => {
            let lines = planned.stack.resources.iter().map(|it| {
                let properties: Vec<_> =
                    it.properties.iter().map(|(name, text)| format!(" {name}={text}")).collect();
                let on = if it.dependencies.is_empty() {
                    String::new()
                } else {
                    format!(" <- {}", it.dependencies.join(" "))
                };
                format!("{}{}{on}", it.logical_id, properties.concat())
            });
            let extras = planned.stack.extras.iter().map(|(name, text)| format!("{name}: {text}"));
            lines.chain(extras).collect::<Vec<_>>().join("\n")
        }
    }
}

fn extended(rest: &str) -> String {
    asks_for(&format!("{EXTENDED}{rest}"), &[])
}

#[test]
fn a_loop_makes_what_its_collection_says() {
    let topic = "{'T${Id}': {Type: AWS::SNS::Topic, Properties: {N: !Ref Id}}}";
    let parameters = "Parameters: {Ids: {Type: CommaDelimitedList, Default: 'x, y'}, Id1: {Type: String, Default: z}, \
                      Numbers: {Type: List<Number>, Default: '1,2'}}\nMappings: {M: {a: {Ids: [p, q]}}}\n";
    for (collection, expected) in [
        ("[a, b]", "Ta N=\"a\"\nTb N=\"b\""),
        ("[1, true]", "T1 N=\"1\"\nTtrue N=\"true\""),
        ("!Ref Ids", "Tx N=\"x\"\nTy N=\"y\""),
        ("!Ref Numbers", "T1 N=\"1\"\nT2 N=\"2\""),
        ("[a, !Ref Id1, !Ref 'AWS::NoValue']", "Ta N=\"a\"\nTz N=\"z\""),
        ("!Split [':', 'a:b']", "Ta N=\"a\"\nTb N=\"b\""),
        ("!FindInMap [M, a, Ids]", "Tp N=\"p\"\nTq N=\"q\""),
        ("!FindInMap [M, b, Ids, {DefaultValue: [d]}]", "Td N=\"d\""),
        ("[!Select [1, !Ref Ids]]", "Ty N=\"y\""),
    ] {
        let text = format!("{parameters}Resources: {{'Fn::ForEach::L': [Id, {collection}, {topic}]}}");
        assert_eq!(extended(&text), expected, "{collection}");
    }
    let text = format!("{EXTENDED}{parameters}Resources: {{'Fn::ForEach::L': [Id, !Ref Ids, {topic}]}}");
    assert_eq!(asks_for(&text, &[("Ids", "given")]), "Tgiven N=\"given\"");
}

#[test]
fn a_variable_stands_for_its_value_wherever_it_is_written() {
    for (value, expected) in [
        ("!Ref Id", r#""a-1""#),
        ("{Ref: Id}", r#""a-1""#),
        ("'${Id}'", r#""a-1""#),
        ("'&{Id}'", r#""a1""#),
        ("'x${Id}y&{Id}z$ & ${'", r#""xa-1ya1z$ & ${""#),
        ("!Sub '${AWS::Region}${Id}${!Id}'", r#""eu-west-1a-1${Id}""#),
        ("!Join ['', [!Ref Id, '/']]", r#""a-1/""#),
        ("[{'${Id}': {'k&{Id}': '${Id}'}}]", r#"[{"a-1":{"ka1":"a-1"}}]"#),
        ("'${Other} &{Other}'", r#""${Other} &{Other}""#),
    ] {
        let text = format!(
            "Resources: {{'Fn::ForEach::L': [Id, [a-1], {{'T&{{Id}}': {{Type: 'X::Y::&{{Id}}', Properties: {{N: {value}}}}}}}]}}"
        );
        assert_eq!(extended(&text), format!("Ta1 N={expected}"), "{value}");
    }
}

#[test]
fn loops_stand_in_sections_in_properties_and_in_each_other() {
    let text = "
Conditions:
  'Fn::ForEach::C': [Id, [a, b], {'Is${Id}': !Equals [!Ref Id, a]}]
Resources:
  Plain: {Type: AWS::SNS::Topic}
  'Fn::ForEach::Outer':
    - X
    - [a, b]
    - 'Fn::ForEach::Inner':
        - Y
        - ['1', '2']
        - 'T${X}${Y}':
            Type: AWS::SNS::Topic
            Condition: !Sub 'Is${X}'
            DependsOn: [Plain]
            Properties:
              'Fn::ForEach::P': [Z, [p, !Ref Y], {'N${Z}': '${X}${Y}${Z}'}]
              Fixed: {List: [{'Fn::ForEach::Q': [W, [q], {'k${W}': !Ref W}]}]}
      'O${X}': {Type: AWS::SQS::Queue}
Outputs:
  'Fn::ForEach::Ids': [X, [a, b], {'Id${X}': {Value: {Ref: !Sub 'O${X}'}}}]
";
    assert_eq!(
        extended(text),
        "Plain\n\
         Ta1 Fixed={\"List\":[{\"kq\":\"q\"}]} N1=\"a11\" Np=\"a1p\" <- Plain\n\
         Ta2 Fixed={\"List\":[{\"kq\":\"q\"}]} N2=\"a22\" Np=\"a2p\" <- Plain\n\
         Oa\nOb\n\
         output Ida: {\"Value\":\"⟨Oa=id-of-Oa⟩\"}\noutput Idb: {\"Value\":\"⟨Ob=id-of-Ob⟩\"}"
    );
}

#[test]
fn functions_stand_for_names() {
    let text = "
Parameters: {Which: {Type: String, Default: a}}
Conditions: {Never: !Equals [a, b]}
Mappings: {M: {Condition: {b: Never}}}
Resources:
  'Fn::ForEach::L':
    - Id
    - [a, b]
    - 'T${Id}': {Type: AWS::SNS::Topic, Condition: !FindInMap [M, Condition, !Ref Id, {DefaultValue: !Ref 'AWS::NoValue'}]}
      'Q${Id}': {Type: AWS::SQS::Queue, DependsOn: [!Sub 'R${Id}', !If [Never, x, !Ref 'AWS::NoValue']]}
      'R${Id}': {Type: AWS::SQS::Queue}
  One: {Type: AWS::SQS::Queue, DependsOn: !Sub 'R${Which}', Properties: {N: {Ref: !Sub 'T${Which}'}}}
  Two: {Type: AWS::SQS::Queue, Properties: {N: !GetAtt [!Sub 'T${Which}', TopicName], M: {'Fn::GetAtt': !Sub 'R${Which}.Arn'}}}
";
    assert_eq!(
        extended(text),
        "Ta\nRa\nQa <- Ra\nRb\nQb <- Rb\n\
         One N=\"⟨Ta=id-of-Ta⟩\" <- Ta Ra\n\
         Two M=\"<GetAtt ⟨Ra=id-of-Ra⟩.Arn>\" N=\"<GetAtt ⟨Ta=id-of-Ta⟩.TopicName>\" <- Ta Ra"
    );
}

#[test]
fn conditions_have_functions_for_names_too() {
    let text = "
Parameters: {ParamA: {Type: String, Default: 'true'}, ParamB: {Type: String, Default: 'false'}}
Conditions:
  'Fn::ForEach::Check': [Id, [A, B], {'Is${Id}': !Equals [{Ref: !Sub 'Param${Id}'}, 'true']}]
Resources:
  'Fn::ForEach::Make': [Id, [A, B], {'T${Id}': {Type: A::B::C, Condition: !Sub 'Is${Id}'}}]
  Last: {Type: A::B::C, DependsOn: !If [IsB, TB, TA]}
";
    assert_eq!(extended(text), "TA\nLast <- TA");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let missing = "t:1:13: Resources.Fn::ForEach::L: Fn::ForEach needs \"Transform: AWS::LanguageExtensions\" in the template";
    let text = "Resources: {'Fn::ForEach::L': [Id, [a], {'T${Id}': {Type: X}}]}";
    assert_eq!(asks_for(text, &[]), missing.replace("Resources.Fn::ForEach::L", "Resources"));
    for (section, expected) in [
        (
            "Parameters: {'Fn::ForEach::L': {Type: String, Default: a}}\nResources: {T: {Type: X}}",
            "t:2:14: Parameters: Fn::ForEach stands in Conditions, Resources, Outputs only, not in Parameters",
        ),
        (
            "Mappings: {'Fn::ForEach::L': [Id, [a], {}]}\nResources: {T: {Type: X}}",
            "t:2:12: Mappings: Fn::ForEach stands in Conditions, Resources, Outputs only, not in Mappings",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a]]}",
            "t:2:13: Resources: the loop L is a list of three: an identifier, a list to go over, and what to make",
        ),
        (
            "Resources: {'Fn::ForEach::L': {Id: a}}",
            "t:2:13: Resources: the loop L is a list of three: an identifier, a list to go over, and what to make",
        ),
        (
            "Resources: {'Fn::ForEach': [Id, [a], {'T${Id}': {}}]}",
            "t:2:13: Resources: \"Fn::ForEach\" is no loop's name: Fn::ForEach:: and letters and digits",
        ),
        (
            "Resources: {'Fn::ForEach::L-1': [Id, [a], {'T${Id}': {}}]}",
            "t:2:13: Resources: \"Fn::ForEach::L-1\" is no loop's name: Fn::ForEach:: and letters and digits",
        ),
        (
            "Resources: {'Fn::ForEach::L': [!Ref Id, [a], {'T${Id}': {}}]}",
            "t:2:32: Resources: the first of a loop is its identifier: letters and digits",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, a, {'T${Id}': {}}]}",
            "t:2:36: Resources: a loop goes over a list, and this gives text",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [[a]], {'T${Id}': {}}]}",
            "t:2:36: Resources: a loop goes over texts, and a list is among them",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], [x]]}",
            "t:2:41: Resources: the third of a loop is a map of what it makes, this is a list",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], {T: {Type: X}}]}",
            "t:2:42: Resources: the key \"T\" has neither ${Id} nor &{Id} in it, so each turn of the loop would make the same",
        ),
        (
            "Resources: {Ta: {Type: X}, 'Fn::ForEach::L': [Id, [a], {'T${Id}': {Type: X}}]}",
            "t:2:57: Resources: the key \"Ta\" is here twice once the loops are written out",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a, a], {'T${Id}': {Type: X}}]}",
            "t:2:45: Resources: the key \"Ta\" is here twice once the loops are written out",
        ),
        (
            "Resources: {'Fn::ForEach::Ta': [Id, [a], {'T${Id}': {Type: X}}]}",
            "t:2:13: Resources: the loop Ta has the name of a resource",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], {'Fn::ForEach::M': [Id, [b], {'T${Id}': {Type: X}}]}]}",
            "t:2:42: Resources: the identifier \"Id\" is that of a loop around this one",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a.b], {'T${Id}': {Type: X}}]}",
            "t:2:44: Resources.Ta.b: the logical id \"Ta.b\" has to be letters and digits only (Template format error: Resource name Ta.b is non alphanumeric.)",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], {'T${Id}': {Properties: {}}}]}",
            "t:2:42: Resources.Ta: the resource has no Type (Template format error: [/Resources/Ta] Every Resources object must contain a Type member.)",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, !Ref Ta, {'T${Id}': {Type: X}}], Ta: {Type: X}}",
            "t:2:36: Resources: a loop cannot go over what a resource gives: it is written out before there are any",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, !GetAZs '', {'T${Id}': {Type: X}}]}",
            "t:2:36: Resources: Fn::GetAZs is needed here, and only the real service knows its value",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [], {'T${Id}': {Type: X}}]}",
            "t:2:12: Resources: the template has no resources; CloudFormation wants one at least (Template format error: At least one Resources member must be defined.)",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], {'T${Id}': {Type: X, Properties: {N: !Ref Nobody}}}]}",
            "t:2:78: Resources.Ta.Properties.N: \"Nobody\" is no parameter and no resource of the template (Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template)",
        ),
        (
            "Resources: {'Fn::ForEach::L': [Id, [a], {'T${Id}': {Type: X, Properties: {N: !Sub 'x${Id}${Nobody}'}}}]}",
            "t:2:90: Resources.Ta.Properties.N: \"${Nobody}\" is no parameter and no resource here; if it is meant for the shell, write \"${!Nobody}\" (Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template)",
        ),
        (
            "Resources: {T: {Type: X, Properties: {N: {Ref: !ImportValue x}}}}",
            "t:2:48: Resources.T.Properties.N: Fn::ImportValue is needed here, and only the real service knows its value; give it with --import x=VALUE",
        ),
    ] {
        assert_eq!(extended(section), expected, "{section}");
    }
}

#[test]
fn a_name_is_no_function_without_the_transform() {
    let needs = "; for a function here the template needs \"Transform: AWS::LanguageExtensions\"";
    for (resource, expected) in [
        ("Properties: {N: {Ref: !Sub U}}", "Ref takes the name of a parameter or a resource"),
        ("Properties: {N: !GetAtt [!Sub U, Arn]}", "Fn::GetAtt takes a resource's logical id"),
        ("DependsOn: [!Sub U]", "DependsOn takes a logical id, or a list of them"),
    ] {
        let text = format!("Resources: {{U: {{Type: A::B::C}}, T: {{Type: A::B::C, {resource}}}}}");
        let told = asks_for(&text, &[]);
        assert!(told.ends_with(&format!("{expected}{needs}")), "{told}");
    }
}

#[test]
fn limits_are_those_of_the_result() {
    let ids: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    let loops = |body: &str| format!("Resources: {{'Fn::ForEach::L': [Id, [{}], {body}]}}", ids.join(","));
    let told = extended(&loops("{'T${Id}': {Type: X}}"));
    assert!(told.contains("501 resources; CloudFormation takes 500 at most"), "{told}");
    let body = (0..4).fold("x".to_owned(), |inner, level| {
        format!("{{'Fn::ForEach::L{level}': [I{level}, !Ref Many, {{'k${{I{level}}}': {inner}}}]}}")
    });
    let text = format!(
        "Parameters: {{Many: {{Type: CommaDelimitedList, Default: '{}'}}}}\nResources: {{T: {{Type: X, Properties: {{P: {body}}}}}}}",
        ids.join(",")
    );
    let told = extended(&text);
    assert!(
        told.ends_with("written out, the loops make a template of more than 250000 values, aliases counted"),
        "{told}"
    );
}

#[test]
fn what_is_asked_before_there_is_a_stack_looks_into_loops() {
    let text = format!(
        "{EXTENDED}Resources: {{'Fn::ForEach::L': [Id, [a], {{'Fn::ForEach::M': [I, [b], {{'R${{Id}}${{I}}': {{Type: AWS::IAM::Role}}}}]}}]}}"
    );
    let template = Template::parse(&text, "t").unwrap();
    assert_eq!(template.resource_types().collect::<Vec<_>>(), ["AWS::IAM::Role"]);
    assert_eq!(template.capability().unwrap().name, "CAPABILITY_IAM");
}
