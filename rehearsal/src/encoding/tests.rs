use super::*;

#[test]
fn what_is_encoded_is_decoded_to_the_same() {
    let text = "arn:aws:x:stack/a b+c%2F/é=&";
    let path = in_path(text).to_string();
    assert_eq!(path, "arn%3Aaws%3Ax%3Astack/a%20b%2Bc%252F/%C3%A9%3D%26");
    assert_eq!(decoded(&path), text);
    let query = format!("A={}&B=1", in_query(text));
    assert_eq!(
        pairs(query.as_bytes()),
        [("A".to_owned(), text.to_owned()), ("B".to_owned(), "1".to_owned())]
    );
}

#[test]
fn a_plus_is_a_space_in_a_query_only() {
    assert_eq!(pairs(b"A=b+c"), [("A".to_owned(), "b c".to_owned())]);
    assert_eq!(decoded("b+c"), "b+c");
}
