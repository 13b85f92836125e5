use super::*;

fn unpacked(text: &str) -> Option<Unpacked> {
    chunks(text.as_bytes(), None, true).ok()
}

#[test]
fn chunks_are_put_together() {
    let told = unpacked("3\r\nabc\r\n2\r\n\r\n\r\n0\r\nX-Amz-Checksum-Crc32: aa==\r\n\r\n");
    let trailer = ("x-amz-checksum-crc32".to_owned(), "aa==".to_owned());
    assert_eq!(told, Some((b"abc\r\n".to_vec(), vec![trailer])));
    for whole in ["0\r\n\r\n", "0\r\n", "0"] {
        assert_eq!(unpacked(whole), Some((Vec::new(), Vec::new())), "{whole:?}");
    }
}

#[test]
fn what_is_cut_short_is_told() {
    for cut in [
        "",
        "3\r\nab",
        "3\r\nabc",
        "3\r\nabc\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "x\r\n",
        "ffffffffffffffff\r\n",
        "0\r\nx\r\n",
    ] {
        assert_eq!(unpacked(cut), None, "{cut:?}");
    }
}
