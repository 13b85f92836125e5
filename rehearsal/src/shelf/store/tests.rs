#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn part(size: usize) -> Part {
    Part { bytes: vec![b'x'; size], etag: size.to_string(), checksum: None, at: 0 }
}

fn joined(_: &Upload, parts: &[Arc<Part>]) -> Result<Object, UploadError> {
    let bytes = parts.iter().flat_map(|it| it.bytes.clone()).collect();
    Ok(Object { bytes, ..Object::default() })
}

fn begun(store: &Store) -> String {
    store.begin(Upload { bucket: "b".to_owned(), key: "k".to_owned(), ..Upload::default() }).unwrap()
}

#[test]
fn hosts_name_their_bucket() {
    for (host, expected) in [
        ("b.s3.eu-west-1.amazonaws.com", Some("b")),
        ("b.s3.amazonaws.com", Some("b")),
        ("b.s3-eu-west-1.amazonaws.com:443", Some("b")),
        ("a.s3.b.s3.cn-north-1.amazonaws.com.cn", Some("a.s3.b")),
        ("b.c.localhost:8080", Some("b.c")),
        ("s3.eu-west-1.amazonaws.com", None),
        ("localhost:80", None),
        ("b.s3x.amazonaws.com", None),
        ("b.s3.example.com", None),
    ] {
        assert_eq!(bucket_of(host), expected, "{host}");
    }
    assert!(is_s3("s3.eu-west-1.amazonaws.com") && is_s3("s3.amazonaws.com") && !is_s3("localhost"));
}

#[test]
fn parts_become_an_object_and_take_room_until_then() {
    let store = Store::default();
    let id = begun(&store);
    let at = ("b", "k", id.as_str());
    let size = 5 << 20;
    for (number, size) in [(2, 3), (1, size), (2, 4)] {
        store.add(at, number, part(size)).unwrap();
    }
    assert_eq!(store.state().bytes, size + 4);
    let named =
        |parts: &[(u32, usize)]| parts.iter().map(|(n, etag)| (*n, etag.to_string())).collect::<Vec<_>>();
    let complete =
        |parts: &[(u32, usize)]| store.complete(at, &named(parts), joined).map(|it| it.bytes.len());
    assert_eq!(complete(&[(1, size), (2, 3)]), Err(UploadError::Part));
    assert_eq!(complete(&[]), Err(UploadError::Part));
    assert_eq!(complete(&[(2, 4), (1, size)]), Err(UploadError::Order));
    store.add(at, 3, part(1)).unwrap();
    assert_eq!(complete(&[(1, size), (2, 4), (3, 1)]), Err(UploadError::Small));
    assert_eq!(complete(&[(1, size), (2, 4)]), Ok(size + 4));
    assert_eq!(store.state().bytes, size + 4);
    assert_eq!(complete(&[(1, size)]), Err(UploadError::None));
    store.remove("b", "k");
    assert_eq!(store.state().bytes, 0);
}

#[test]
fn what_is_given_up_takes_no_room() {
    let store = Store::default();
    store.make("b", 1).unwrap();
    let id = begun(&store);
    store.add(("b", "k", &id), 1, part(7)).unwrap();
    assert_eq!(store.abort("b", "other", &id), Err(UploadError::None));
    store.abort("b", "k", &id).unwrap();
    assert_eq!(store.state().bytes, 0);
    let id = begun(&store);
    store.add(("b", "k", &id), 1, part(7)).unwrap();
    assert!(store.drop_bucket("b"));
    assert_eq!(store.uploads("b").len(), 0);
    assert_eq!(store.state().bytes, 0);
    let id = begun(&store);
    store.state().bytes = MOST;
    assert_eq!(store.add(("b", "k", &id), 1, part(1)), Err(UploadError::Full));
}
