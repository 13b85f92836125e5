#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yasna::{Tag, parse_der};

use super::signed_document;
use crate::auth::IdentityKey;

#[test]
fn the_document_and_its_signature_are_in_it_as_signed_data() {
    let key = IdentityKey::default();
    let document = "{\n  \"instanceId\": \"i-1\"\n}";
    let signature = STANDARD.decode(key.sign(document).unwrap().replace('\n', "")).unwrap();
    let der = signed_document(document.as_bytes(), &signature);
    let (read, signed) = parse_der(&der, |reader| {
        reader.read_sequence(|reader| {
            assert_eq!(reader.next().read_oid()?.to_string(), "1.2.840.113549.1.7.2");
            reader.next().read_tagged(Tag::context(0), |reader| {
                reader.read_sequence(|reader| {
                    assert_eq!(reader.next().read_u8()?, 1);
                    reader.next().read_der()?;
                    let content = reader.next().read_sequence(|reader| {
                        assert_eq!(reader.next().read_oid()?.to_string(), "1.2.840.113549.1.7.1");
                        reader.next().read_tagged(Tag::context(0), |reader| reader.read_bytes())
                    })?;
                    let mut signatures = reader.next().collect_set_of(|reader| {
                        reader.read_sequence(|reader| {
                            assert_eq!(reader.next().read_u8()?, 1);
                            (0..3).try_for_each(|_| reader.next().read_der().map(drop))?;
                            reader.next().read_bytes()
                        })
                    })?;
                    Ok((content, signatures.pop().unwrap()))
                })
            })
        })
    })
    .unwrap();
    assert_eq!(read, document.as_bytes());
    assert!(key.verifies(&read, &signed));
}
