#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;

fn found(script: &str) -> Vec<Signal> {
    let mut text = Text::default();
    text.push(script, [(0, 0)]);
    signals(&text, Language::Shell, &shell::parse(&text).unwrap().block)
}

#[test]
fn options_are_read_as_optparse_does() {
    let cases = [
        ("cfn-signal -e 1 --stack S", "exit-code=1 stack=S"),
        ("cfn-signal -e1 --stack=S", "exit-code=1 stack=S"),
        ("cfn-signal --exit 1 --succ=false", "exit-code=1 success=false"),
        ("cfn-signal --re x", ""),
        ("cfn-signal -e -1 URL", "exit-code=-1 URL"),
        ("cfn-signal -- -e", "-e"),
        ("cfn-signal -i '' -r 'a b'", "id= reason=a b"),
        ("sudo -E /opt/aws/bin/cfn-signal --region r", "region=r"),
        ("timeout 30 cfn-signal --role r", "role=r"),
        ("cfn-signal --deadline 2m --auth sigv4 --stack S --no-proxy --resource R", "stack=S resource=R"),
        ("cfn-signal run --stack S --timeout 9m --resource R -- dnf -e 1 --region x", "stack=S resource=R"),
        ("cfn-signal run --timeout 9m URL -- setup --stack S", "URL"),
        (
            "aws --region r cloudformation signal-resource --stack-name S --logical-resource-id R --unique-id i --status SUCCESS",
            "region=r stack=S resource=R id=i status=SUCCESS",
        ),
    ];
    for (script, expected) in cases {
        let all = found(script);
        assert_eq!(all.len(), 1, "{script}");
        let options = all[0].options.iter();
        let mut shown: Vec<String> =
            options.map(|it| format!("{}={}", it.name, it.value.literal().unwrap())).collect();
        if all[0].tool == Tool::CfnSignal {
            shown
                .extend(all[0].positionals.iter().filter(|_| !expected.is_empty()).filter_map(Word::literal));
        }
        assert_eq!(shown.join(" "), expected, "{script}");
    }
}

#[test]
fn only_commands_signal() {
    for script in [
        "echo cfn-signal",
        "# cfn-signal",
        "cat <<X\ncfn-signal\nX",
        "aws s3 ls",
        "curl http://x",
        "which cfn-signal",
        "cfn-signal arm --deadline 9m --stack S --resource R",
        "sudo /opt/aws/bin/cfn-signal disarm",
        "cfn-signal check --stack S",
    ] {
        assert_eq!(found(script).len(), 0, "{script}");
    }
}

#[test]
fn what_arms_is_told_from_what_names_it() {
    let part = |script: &str| {
        let mut text = Text::default();
        text.push(script, [(0, 0)]);
        let mut parts = Vec::new();
        shell::visit(&shell::parse(&text).unwrap().block, &mut |command| parts.extend(silent_part(command)));
        parts
    };
    assert_eq!(part("sudo -n /opt/aws/bin/cfn-signal arm --deadline 9m"), ["arm"]);
    assert_eq!(part("echo cfn-signal arm; cfn-signal -e 0 arm; cfn-signal run -- arm"), Vec::<&str>::new());
}

#[test]
fn signals_in_traps_have_their_places() {
    for script in ["trap 'cfn-signal -e $? --stack S' EXIT", "trap -- \"cfn-signal -e \\$? --stack S\" EXIT"]
    {
        let all = found(script);
        assert_eq!(all.len(), 1, "{script}");
        let stack = all[0].option("stack").unwrap();
        assert_eq!(all[0].at(&stack.value), script.rfind('S').unwrap(), "{script}");
        assert!(all[0].option("exit-code").unwrap().value.has_status(), "{script}");
    }
    assert_eq!(found("trap - EXIT").len(), 0);
}

#[test]
fn variables_may_hide_options() {
    for (script, expected) in [
        ("cfn-signal $OPTIONS", true),
        ("cfn-signal \"${OPTIONS[@]}\" ", false),
        ("cfn-signal -e $? --stack $S", false),
        ("cfn-signal -e $? '$S'", false),
        ("cfn-signal \"$@\"", true),
        ("cfn-signal $(options)", true),
    ] {
        assert_eq!(found(script)[0].may_hide_options(), expected, "{script}");
    }
}
