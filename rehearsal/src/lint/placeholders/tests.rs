//! Tests of placeholders.

use super::*;

#[test]
fn only_what_is_a_placeholder_is_written_over() {
    let over = |text: &str| masked(text, &find(text)).unwrap_or_default().replace(MASK, "~");
    for (text, expected) in [
        ("a: {{ x }}\n", "a: ~~~~~~~\n"),
        ("{{ x }}Box:\n  a: b\n", "~~~~~~~Box:\n  a: b\n"),
        // Lines that say something to the tool only.
        ("a: 1\n{% if x %}\nb: 2\n{% endif %}\r\nc: 3", "a: 1\n\nb: 2\n\r\nc: 3"),
        ("a:\n  {{ x }}\n", "a:\n  ~~~~~~~\n"),
        ("a: 1\n{#\n é\n#}\nb: 2\n", "a: 1\n\n\n\nb: 2\n"),
        ("a: <%= x %>\n<% end %>", "a: ~~~~~~~~\n"),
        (
            "a: [${A}, ${B_2}]\nb: '[${C}'\nc: {d: ${E}, f: ${AWS::Region}}\n",
            "a: [~~~~, ~~~~~~]\nb: '[${C}'\nc: {d: ~~~~, f: ${AWS::Region}}\n",
        ),
        (
            "a: {{resolve:ssm:/a}} # why\nb: '{{resolve:ssm:/a}}'\nc: x{{resolve:ssm:/a}}\n",
            "a: ~~~~~~~~~~~~~~~~~~ # why\nb: '{{resolve:ssm:/a}}'\nc: x{{resolve:ssm:/a}}\n",
        ),
        (
            "e: !Sub {{resolve:ssm:/a}}-${X}-f\na: !Sub {{resolve:ssm:/${X}}}\nb: [!Sub {{resolve:ssm:/${X}/b}}, c]\nd: !Sub ${X}\n",
            "e: !Sub ~~~~~~~~~~~~~~~~~~~~~~~~~\na: !Sub ~~~~~~~~~~~~~~~~~~~~~\nb: [!Sub ~~~~~~~~~~~~~~~~~~~~~~~, c]\nd: !Sub ${X}\n",
        ),
        ("echo ${x} $((1)) {a,b} < file\n", "echo ${x} $((1)) {a,b} < file\n"),
        ("a: {{ x\n", "a: {{ x\n"),
    ] {
        assert_eq!(over(text), expected, "{text}");
        assert_eq!(over(text).lines().count(), expected.lines().count());
    }
    // A text that has the letter already is left alone.
    assert_eq!(masked("a: {{ x }} \u{e001}", &find("a: {{ x }}")), None);
}

#[test]
fn cfoo_names_pseudo_parameters() {
    let text = "a: $(AWS::Region) $(date) $(AWS::x y) é $(AWS::StackName)";
    let found: Vec<&str> = parenthesised(text).into_iter().filter_map(|span| text.get(span.range)).collect();
    assert_eq!(found, ["$(AWS::Region)", "$(AWS::StackName)"]);
}
