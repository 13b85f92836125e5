use super::*;

#[test]
fn every_option_and_every_exit_code_is_there() {
    let command = definition::native();
    let page = page(&command);
    for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
        let option = option.replace('-', "\\-");
        assert!(page.contains(&format!("\\-\\-{option}")), "--{option} is missing");
    }
    for line in
        ["\\fB10\\fR \\fBalready\\-complete\\fR", "\\fB20\\fR \\fBdeadline\\fR", "\\fB70\\fR", "\\fB2\\fR"]
    {
        assert!(page.contains(line), "{line} is missing");
    }
    assert!(page.contains("usage error"));
}

#[test]
fn the_page_begins_as_a_manual_page_does() {
    let page = page(&definition::native());
    assert!(page.contains(".TH cfn-signal 1"), "{}", page.lines().take(4).collect::<String>());
    assert!(page.contains("cfn\\-signal \\- Tells AWS CloudFormation"));
}

#[test]
fn a_part_has_a_page_of_its_own() {
    let command = crate::cli::run::command();
    let page = crate::cli::run::manual();
    assert!(page.contains(".TH cfn-signal-run 1"), "{}", page.lines().take(4).collect::<String>());
    for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
        let option = option.replace('-', "\\-");
        assert!(page.contains(&format!("\\-\\-{option}")), "--{option} is missing");
    }
}
