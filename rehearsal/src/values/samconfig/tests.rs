#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::parse;

fn read(text: &str, environment: &str) -> Result<Vec<String>, String> {
    let values = parse(text, "samconfig.toml", environment).map_err(|error| error.to_string())?;
    Ok(values.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect())
}

#[test]
fn overrides_are_text_a_list_or_a_table() {
    for given in [
        r#""A=1 B=\"two words\" C=a,b""#,
        r#"'A=1 B="two words" C=a,b'"#,
        r#""ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue='two words' C='a,b'""#,
        r#"["A=1", "B=\"two words\"", "C=a,b"]"#,
        r#"{ A = 1, B = "two words", C = ["a", "b"] }"#,
    ] {
        let text = format!("version = 0.1\n[default.deploy.parameters]\nparameter_overrides = {given}\n");
        assert_eq!(read(&text, "default").unwrap(), ["A=1", "B=two words", "C=a,b"], "{given}");
    }
}

#[test]
fn an_environment_is_chosen_and_a_commands_values_win() {
    let text = "[default.global.parameters]\nparameter_overrides = 'A=1 B=1'\n\
                [default.deploy.parameters]\nparameter_overrides = 'B=2'\n\
                [prod.deploy.parameters]\nparameter_overrides = 'A=3'\n[test.deploy.parameters]\nregion = 'x'\n";
    assert_eq!(read(text, "default").unwrap(), ["A=1", "B=2"]);
    assert_eq!(read(text, "prod").unwrap(), ["A=3"]);
    let told = read(text, "stage").unwrap_err();
    assert!(
        told.ends_with("there is no environment stage; there are: default, prod, test (--config-env)"),
        "{told}"
    );
    let told = read(text, "test").unwrap_err();
    assert!(told.contains("[test.deploy.parameters] has no parameter_overrides"), "{told}");
}

#[test]
fn what_is_wrong_is_told_without_a_value() {
    for (text, expected) in [
        ("[default.deploy.parameters]\nparameter_overrides = 'A=hunter2", "samconfig.toml:2:"),
        (
            "[default.deploy.parameters]\nparameter_overrides = 'A=1 hunter2'",
            "its value number 2 is not NAME=VALUE",
        ),
        ("[default.deploy.parameters]\nparameter_overrides = '\"hunter2'", "a quotation mark is not closed"),
        ("[default.deploy.parameters]\nparameter_overrides = 7", "is text, a list or a table"),
    ] {
        let told = read(text, "default").unwrap_err();
        assert!(told.contains(expected) && !told.contains("hunter2"), "{told}");
    }
}
