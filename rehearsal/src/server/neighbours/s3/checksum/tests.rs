use super::*;

#[test]
fn checksums_are_those_of_the_catalogues() {
    // The check values of <https://reveng.sourceforge.io/crc-catalogue/all.htm>.
    for (algorithm, expected) in [
        (Algorithm::Crc32, "cbf43926"),
        (Algorithm::Crc32c, "e3069283"),
        (Algorithm::Crc64Nvme, "ae8b14860a799888"),
        (Algorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        (Algorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    ] {
        let expected = hex::decode(expected).map(|it| STANDARD.encode(it));
        assert_eq!(Ok(algorithm.of(b"123456789").value), expected, "{algorithm:?}");
    }
    assert_eq!(hex::encode(md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
}
