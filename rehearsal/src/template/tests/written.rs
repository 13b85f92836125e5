//! Templates as people write them, good and bad.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use cfn_signal_core::causes;

use super::super::{Inputs, Supplied, Template, TemplateError, inputs::sample::user_data_of};
use crate::model::{CreationPolicy, Role, Stack, Wait};

const MINUTE: Duration = Duration::from_secs(60);

fn load(name: &str) -> Template {
    Template::load(&folder("good").join(name)).unwrap()
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates").join(name)
}

fn with_inputs<R>(given: &[(&str, &str)], run: impl FnOnce(&Inputs<'_>) -> R) -> R {
    let parameters: BTreeMap<String, String> =
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let physical_id = |logical_id: &str, resource_type: &str| match resource_type {
        "AWS::CloudFormation::WaitConditionHandle" => format!("http://127.0.0.1:1/{logical_id}?token=1"),
        "AWS::EC2::Instance" => "i-0123456789abcdef0".to_owned(),
        _ => format!("web-{logical_id}"),
    };
    let get_att = |logical_id: &str, attribute: &str| {
        (attribute == "Arn").then(|| format!("arn:aws:s3:::{}", logical_id.to_lowercase()))
    };
    run(&Inputs {
        stack_name: "web".to_owned(),
        stack_id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &parameters,
        physical_id: &physical_id,
        get_att: &get_att,
        supplied: Supplied::nothing(),
    })
}

fn plan(template: &Template) -> Stack {
    with_inputs(&[], |inputs| template.resolve(inputs)).unwrap().stack
}

fn user_data(template: &Template, logical_id: &str, given: &[(&str, &str)]) -> String {
    let planned = with_inputs(given, |inputs| template.resolve(inputs)).unwrap();
    String::from_utf8(planned.launches[logical_id].user_data.clone().unwrap().unwrap()).unwrap()
}

fn ids(stack: &Stack) -> Vec<&str> {
    stack.resources.iter().map(|resource| resource.logical_id.as_str()).collect()
}

#[test]
fn web_server_in_yaml() {
    let template = load("web-server.yaml");
    assert_eq!(template.resource_ids().collect::<Vec<_>>(), ["Server", "Firewall", "Role"]);
    assert_eq!(template.resource_type("Server"), Some("AWS::EC2::Instance"));
    let instance_type = &template.parameters()[0];
    assert_eq!(instance_type.default.as_deref(), Some("t3.micro"));
    assert_eq!(instance_type.allowed_values, ["t3.micro", "t3.small"]);
    assert!(!instance_type.is_account_specific() && template.parameters()[2].is_account_specific());

    let stack = plan(&template);
    assert_eq!(ids(&stack), ["Firewall", "Role", "Server"]);
    let server = &stack.resources[2];
    assert_eq!(server.physical_id, "i-0123456789abcdef0");
    assert_eq!(server.dependencies, ["Firewall", "Role"]);
    let creation_policy = Some(CreationPolicy { count: 1, timeout: 10 * MINUTE });
    assert_eq!(server.role, Role::Instance { creation_policy });
    assert_eq!(
        user_data(&template, "Server", &[("InstanceType", "t3.small")]),
        "#!/bin/bash -x\n\
         name=${HOSTNAME:-none}\n\
         /opt/aws/bin/cfn-init --stack web --resource Server --region eu-west-1\n\
         /opt/aws/bin/cfn-signal -e $? --stack arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1 \
         --resource Server --region eu-west-1\n"
    );
}

#[test]
fn web_server_in_json() {
    let template = load("web-server.json");
    let creation_policy = Some(CreationPolicy { count: 1, timeout: 90 * MINUTE });
    assert_eq!(plan(&template).resources[0].role, Role::Instance { creation_policy });
    assert_eq!(
        user_data(&template, "Server", &[]),
        "#!/bin/bash\necho '🚀 café / done'\n/opt/aws/bin/cfn-signal -e $? --stack web --resource Server --region eu-west-1\n"
    );
}

#[test]
fn wait_condition() {
    let template = load("wait-condition.yaml");
    let stack = plan(&template);
    assert_eq!(ids(&stack), ["ReadyHandle", "Server", "Ready", "Approved"]);
    assert_eq!(stack.resources[0].role, Role::WaitConditionHandle);
    assert_eq!(stack.resources[1].role, Role::Instance { creation_policy: None });
    let wait = Wait::Handle { handle: "ReadyHandle".to_owned(), count: 2, timeout: 10 * MINUTE };
    assert_eq!(stack.resources[2].role, Role::WaitCondition(wait));
    let wait = Wait::Signals(CreationPolicy { count: 3, timeout: 120 * MINUTE });
    assert_eq!(stack.resources[3].role, Role::WaitCondition(wait));
    assert_eq!(
        user_data(&template, "Server", &[]),
        "#!/bin/sh\ncfn-signal -e 0 'http://127.0.0.1:1/ReadyHandle?token=1'\n"
    );
}

#[test]
fn cdk() {
    const INSTANCE: &str = "InstanceC1063A87d0de1e9e47ebe230";

    let template = load("cdk.json");
    let stack = plan(&template);
    assert_eq!(
        ids(&stack),
        ["Vpc8378EB38", "VpcSubnet1Subnet", "InstanceRole3CCE2F1D", "InstanceProfile9F2F41CB", INSTANCE]
    );
    let script = user_data(&template, INSTANCE, &[]);
    assert!(
        script.contains(&format!("cfn-signal -e $? --region eu-west-1 --stack web --resource {INSTANCE}\n"))
    );
}

#[test]
fn conditions_mappings_and_every_function() {
    let template = load("conditions.yaml");
    let stack = plan(&template);
    assert_eq!(ids(&stack), ["Late", "Server"]);
    let creation_policy = Some(CreationPolicy { count: 1, timeout: MINUTE });
    assert_eq!(stack.resources[1].role, Role::Instance { creation_policy });
    assert_eq!(stack.resources[1].dependencies, ["Late"]);
    assert_eq!(
        user_data(&template, "Server", &[]),
        "two|one,two,three|eu|a|not both|true|012345678901|2012-10-17|arn:aws:s3:::late-aws-${A}"
    );

    let live = with_inputs(&[("Stage", "live"), ("Encrypted", "false")], |inputs| template.resolve(inputs))
        .unwrap()
        .stack;
    assert_eq!(ids(&live), ["Backup", "Late", "Server"]);
    let creation_policy = Some(CreationPolicy { count: 1, timeout: 60 * MINUTE });
    assert_eq!(live.resources[2].role, Role::Instance { creation_policy });
    let neither = with_inputs(&[("Encrypted", "false")], |inputs| template.resolve(inputs)).unwrap().stack;
    assert_eq!(neither.resources[1].role, Role::Instance { creation_policy: None });
}

#[test]
fn what_is_asked_for_and_not_there() {
    let template = load("wait-condition.yaml");
    let file = folder("good").join("wait-condition.yaml").display().to_string();
    let error = |result: Result<Option<Vec<u8>>, TemplateError>| result.unwrap_err().to_string();
    assert_eq!(
        with_inputs(&[], |inputs| error(user_data_of(&template, "Ready", inputs))),
        format!(
            "{file}:3:5: Resources.Ready: \"AWS::CloudFormation::WaitCondition\" is neither an AWS::EC2::Instance nor an \
             AWS::AutoScaling::AutoScalingGroup, and only those run user data here"
        )
    );
    assert_eq!(
        with_inputs(&[("Size", "2")], |inputs| template.resolve(inputs)).unwrap_err().to_string(),
        format!("{file}: the template has no parameter Size; it has: none")
    );
}

#[test]
fn files_that_are_no_templates() {
    let error = Template::load(&folder("nowhere.yaml")).unwrap_err();
    assert!(matches!(&error, TemplateError::Unreadable(_)));
    assert!(std::error::Error::source(&error).unwrap().is::<std::io::Error>());
    assert!(causes::line(&error).contains("nowhere.yaml: cannot be read: No such file"), "{error}");
    let error = Template::load(&folder("good")).unwrap_err();
    assert!(causes::line(&error).contains("cannot be read: Is a directory"), "{error}");
}

/// The first error of each bad template, as the user reads it: `bad/X.yaml` beside `bad/X.yaml.txt`, which `BLESS=1`
/// rewrites.
#[test]
fn every_bad_template_says_what_is_wrong_and_where() {
    let mut seen = 0;
    for entry in fs::read_dir(folder("bad")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().unwrap() == "txt" {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let told = format!("{}\n", first_error(&path, name));
        let expected = path.with_file_name(format!("{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &told).unwrap();
        }
        assert_eq!(told, fs::read_to_string(&expected).unwrap(), "{name}");
        seen += 1;
    }
    assert!(seen > 35, "{seen} bad templates");
}

fn first_error(path: &Path, name: &str) -> TemplateError {
    let template = match Template::parse(&fs::read_to_string(path).unwrap(), name) {
        Ok(template) => template,
        Err(error) => return error,
    };
    let planned = match with_inputs(&[], |inputs| template.resolve(inputs)) {
        Ok(planned) => planned,
        Err(error) => return error,
    };
    match &planned.launches["Server"].user_data {
        Err(error) => error.clone(),
        Ok(_) => panic!("{name} is good"),
    }
}
