use super::Mentioned::{Attribute, Id, Text};
use super::{attribute, mention, mentioned, reference, versioned};

#[test]
fn what_is_written_is_read_and_nothing_else() {
    let (web, launch) = (mention("Web", "i-1"), mention("Launch", "lc-1"));
    let text = format!(
        "a <b {web}.{}{}-{} c⟨d {} {} <GetAtt x.y> <Ref a b>",
        reference("Handle"),
        versioned(&launch, "00ff"),
        attribute(&web, "PrivateIp", None),
        attribute(&mention("App", "arn:x"), "Outputs.Told", Some("blue server")),
        attribute(&versioned(&launch, "00ff"), "Name", None),
    );
    let (web, launch) = (Id { of: "Web", id: Some("i-1") }, Id { of: "Launch", id: Some("lc-1") });
    let expected = [
        Text("a <b "),
        web,
        Text("."),
        Id { of: "Handle", id: None },
        launch,
        Text("-"),
        Attribute { of: "Web", name: "PrivateIp", now: None },
        Text(" c⟨d "),
        Attribute { of: "App", name: "Outputs.Told", now: Some("blue server") },
        Text(" "),
        Attribute { of: "Launch", name: "Name", now: None },
        Text(" <GetAtt x.y> <Ref a b>"),
    ];
    assert_eq!(mentioned(&text), expected);
    assert_eq!(mentioned(""), []);
    assert_eq!(mentioned("⟨"), [Text("⟨")]);
}
