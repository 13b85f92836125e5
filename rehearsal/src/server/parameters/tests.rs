#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

fn parameters(query: &str) -> Parameters {
    let mut parameters = Parameters(Vec::new());
    parameters.add(query.as_bytes());
    parameters
}

#[test]
fn lists_come_in_the_order_of_their_numbers() {
    let given = parameters("C.member.2=b&C.member.10=c&C.member.1=a&C.member.x=d&Cat.member.1=e&D=");
    assert_eq!(given.list("C").unwrap(), ["a", "b", "c"]);
    assert_eq!(given.list("D").unwrap(), [""; 0]);
    assert_eq!(given.list("E"), None);
}

#[test]
fn structures_keep_their_fields_together() {
    let given = parameters("T.member.1.Key=a&T.member.2.Key=b&T.member.1.Value=x%20y&T.member.2.Value=");
    let structures = given.structures("T").unwrap();
    let of = |at: usize, field: &str| structures.get(at).and_then(|it| it.get(field)).copied();
    assert_eq!((of(0, "Key"), of(0, "Value")), (Some("a"), Some("x y")));
    assert_eq!((of(1, "Key"), of(1, "Value")), (Some("b"), Some("")));
    assert_eq!(given.structures("P"), None);
}

#[test]
fn the_last_of_a_name_wins() {
    let given = parameters("A=1&A=2&F=True");
    assert_eq!(given.get("A"), Some("2"));
    assert!(given.flag("F") && !given.flag("A"));
}
