#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;

use super::super::{Inputs, Template, inputs::sample::inputs};

const TEMPLATE: &str = "
Parameters: {Word: {Type: String, NoEcho: true}}
Mappings: {Sizes: {web: {Small: 1}}}
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: VALUE}}
";

fn told(value: &str, word: &str) -> String {
    let template = Template::parse(&TEMPLATE.replace("VALUE", value), "t").unwrap();
    let parameters: BTreeMap<_, _> = [("Word".to_owned(), word.to_owned())].into();
    template.resolve(&Inputs { parameters: &parameters, ..inputs() }).unwrap_err().to_string()
}

#[test]
fn no_error_tells_a_secret() {
    let long = format!("hunter2{}", "x".repeat(100));
    for word in ["hunter2", "h\"2\nx", "h2", &long] {
        for value in [
            "!Ref Word",
            "!FindInMap [Sizes, web, !Ref Word]",
            "!Select [!Ref Word, [a]]",
            "!Sub '{{resolve:ssm:${Word}}}'",
            "!ImportValue {Ref: Word}",
        ] {
            if word.len() < 4 && (value.contains("Sub") || value.contains("Import")) {
                continue;
            }
            let told = told(value, word);
            for part in ["hunter2", "h2", "2\\nx", "2\nx", "xxxx"] {
                assert!(!told.contains(part), "{value} {word:?}: {told}");
            }
            assert!(told.contains("****"), "{told}");
        }
    }
}
