use super::*;

#[test]
fn comments_name_codes() {
    let cases: [(&str, &[&str]); 7] = [
        ("# cfn-rehearse: ignore CFS201", &["CFS201"]),
        ("a # cfn-rehearse: ignore CFS201,CFS2 because", &["CFS201", "CFS2"]),
        ("# cfn-rehearse: ignore", &[]),
        ("# cfn-rehearse: ignore everything", &[]),
        ("cfn-rehearse: ignore CFS201", &[]),
        ("# cfn-rehearse: ignore CFS2010", &[]),
        ("# cfn-rehearse: ignore why CFS201", &[]),
    ];
    for (line, expected) in cases {
        assert_eq!(codes(line), expected, "{line}");
    }
}

#[test]
fn a_comment_covers_the_next_line_that_is_none() {
    let lines = comments("# cfn-rehearse: ignore CFS1\n  # more\na\nb # cfn-rehearse: ignore CFS2\nc\n");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines.get(&3), Some(&vec!["CFS1".to_owned()]));
    assert_eq!(lines.get(&4), Some(&vec!["CFS2".to_owned()]));
}
