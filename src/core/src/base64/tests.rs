use base64ct::{Base64, Encoding as _};

use super::{decode, encode};

#[test]
fn bytes_come_out_as_from_the_library() {
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    for length in 0..bytes.len() {
        for bytes in
            bytes.windows(length.max(1)).step_by(41).map(|bytes| bytes.get(..length).unwrap_or_default())
        {
            let text = Base64::encode_string(bytes);
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(&text).as_deref(), Some(bytes));
        }
    }
}

#[test]
fn what_is_decoded_is_what_the_library_decodes() {
    // Every text of up to four of these, and of eight that end in them.
    let some = ["", "A", "B", "Q", "g", "w", "9", "+", "/", "=", "-", "é"];
    for a in some {
        for b in some {
            for c in some {
                for d in some {
                    for before in ["", "QUJD", "QQ==", "==="] {
                        let text = [before, a, b, c, d].concat();
                        assert_eq!(decode(&text), Base64::decode_vec(&text).ok(), "{text}");
                    }
                }
            }
        }
    }
}
