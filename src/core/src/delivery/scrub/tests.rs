use super::Scrub;
use crate::identity::{AccessKey, Identity, InstanceDocument};

fn knowing(secret: &str) -> Scrub {
    let mut scrub = Scrub::default();
    scrub.learn(secret);
    scrub
}

#[test]
fn it_is_one_line() {
    let scrub = Scrub::default();
    assert_eq!(scrub.line(" a\r\nb\t\u{0}c\u{1b}[31m \u{202e}d\u{2028}e ", 100), "a b c [31m d e");
}

#[test]
fn it_is_cut_between_characters() {
    let scrub = Scrub::default();
    assert_eq!(scrub.line("éééé", 8), "éééé");
    assert_eq!(scrub.line("ééééé", 8), "éé...");
    assert!(scrub.line(&"a b ".repeat(100_000), 1_024).len() <= 1_024);
    assert_eq!(scrub.line(&"x".repeat(20_000), 50), "", "no whole word");
}

#[test]
fn known_secrets_are_masked_in_every_spelling() {
    let scrub = knowing("wJalr/XUtn+FEMI=");
    assert_eq!(scrub.line("key wJalr/XUtn+FEMI= refused", 100), "key *** refused");
    assert_eq!(scrub.line("key wJalr%2FXUtn%2BFEMI%3D refused", 100), "key ***%3D refused");
    assert_eq!(knowing("of").line("out of order", 100), "out of order", "too short to be one");
    let mut nested = knowing("abcdef");
    nested.learn("abcdefghijkl");
    assert_eq!(nested.line("abcdefghijkl abcdef", 100), "*** ***");
}

#[test]
fn queries_and_telltale_names_are_masked_unknown_as_they_are() {
    let scrub = Scrub::default();
    for (text, expected) in [
        ("GET https://b.s3.example/h?X=1&Signature=abc failed", "GET https://b.s3.example/h?*** failed"),
        ("url: /arn%3Aaws?X=1 (Caused by", "url: /arn%3Aaws?*** (Caused by"),
        ("AWSAccessKeyId=AKID and", "AWSAccessKeyId=*** and"),
        ("Credential=AKID/20260101,SignedHeaders=accept", "Credential=***"),
        ("x-amz-security-token=abc", "x-amz-security-token=***"),
        ("next%3FX-Amz-SIGNATURE%3Dabc", "next%3FX-Amz-SIGNATURE%3D***"),
        ("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***"),
        ("why? because a=b", "why? because a=b"),
    ] {
        assert_eq!(scrub.line(text, 200), expected);
    }
}

#[test]
fn a_urls_values_are_secret_decoded_too() {
    let mut scrub = Scrub::default();
    scrub.learn_url(
        "https://b.s3.example/h?Expires=1700000000&AWSAccessKeyId=AKIAX000&Signature=ab%2Bcd%2Fef%3D%zz",
    );
    let line = scrub.line("1700000000 AKIAX000 ab+cd/ef=%zz ab%2Bcd%2Fef%3D%zz", 200);
    assert_eq!(line, "*** *** *** ***");
}

#[test]
fn identities_are_masked_as_they_are_and_as_they_are_sent() {
    let mut scrub = Scrub::default();
    scrub.learn_identity(&Identity::AccessKey(AccessKey {
        id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret-access-key".to_owned().into(),
        session_token: Some("session-token".to_owned().into()),
        expires_at: None,
    }));
    scrub.learn_identity(&Identity::Instance(InstanceDocument {
        document: "{\n \"accountId\" : \"1\"\n}\n".to_owned().into(),
        signature: "AAAA\nBBBB\n".to_owned().into(),
    }));
    let echoed = "AKIAIOSFODNN7EXAMPLE secret-access-key session-token {\n \"accountId\" : \"1\"\n} \
                  CFN_V1 ewogImFjY291bnRJZCIgOiAiMSIKfQ==:AAAABBBB AAAA\nBBBB";
    let shown = "AKIAIOSFODNN7EXAMPLE *** *** { \"***\" : \"***\" } CFN_V1 *** *** ***";
    assert_eq!(scrub.line(echoed, 200), shown);
}

#[test]
fn however_a_secret_is_respelt_it_is_known() {
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let scrub = knowing(secret);
    for respelt in [
        "wJalrXUtnFEMI%2fK7MDENG%2bbPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI%252FK7MDENG%252BbPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI%25252fK7MDENG%25252bbPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI\\x2fK7MDENG\\x2bbPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI\\/K7MDENG\\u002bbPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI&#47;K7MDENG&#43;bPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI&#x2F;K7MDENG&#x2b;bPxRfiCYEXAMPLEKEY",
        "%77Jalr%58UtnFEMI%2FK7MD%45NG+bPxRfiCYEXAMPLEKEY",
        "wJalrXUt%0AnFEMI/K7M%0ADENG+bPxR%0AfiCYEXAM%0APLEKEY",
        "\\u0077Jalr\\u0058UtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE\\u0059",
        "&#119;Jalr&#x58;UtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "WJALRXUTNFEMI/K7MDENG+BPXRFICYEXAMPLEKEY",
        "wjalrxutnfemi/k7mdeng+bpxrficyexamplekey",
        "wJalrXUtnFEMI/K7MDE\u{200b}NG+bPxRfiCYEXAMPLEKEY",
        "w-J-a-l-r-X-U-t-n-F-E-M-I-K-7-M-D-E-N-G-b-P-x-R-f-i-C-Y-E-X-A-M-P-L-E-K-E-Y",
        "wJalrXUtnFEMI/K7MDEN",
        "XAMPLEKEYwJalrXUtnFEMI/K7",
        "RfiCYEXAMPLEKEY",
    ] {
        let line = scrub.line(&format!("key {respelt} refused"), 200);
        let shown = line.strip_prefix("key ").and_then(|line| line.strip_suffix(" refused"));
        let masks = shown.unwrap_or_default().split("***").map(str::len).sum::<usize>();
        assert!(masks <= "XAMPLEKEY".len() && line.contains("***"), "{respelt}: {line}");
    }
    let broken = scrub.line("key wJalrXUtnFEMI/K7M\r\n DENG+bPxRfiCY\tEXAMPLEKEY refused", 200);
    assert_eq!(broken, "key *** *** *** refused");
}

#[test]
fn what_only_looks_like_one_is_shown() {
    let mut scrub = knowing("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let document = "{\n  \"accountId\" : \"123456789012\",\n  \"instanceId\" : \"i-0123456789abcdef0\",\n  \"region\" : \"us-west-2\"\n}";
    scrub.learn_identity(&Identity::Instance(InstanceDocument {
        document: document.to_owned().into(),
        signature: "c2lnbmF0dXJl".repeat(12).into(),
    }));
    let line =
        "User arn:aws:iam::123456789012:user/x and i-0123456789abcdef0 in us-west-2: wJalrXU &#43; 100%25";
    assert_eq!(scrub.line(line, 200), line);
    assert!(!scrub.line(document, 400).contains("123456789012"));
}

/// A server decides how long a redirect is, and how often another follows.
#[test]
fn what_a_redirect_teaches_is_bounded() {
    let mut scrub = Scrub::default();
    let url = ["https://b.s3.example/h?", &"abcdefghijklmnop=qrstuvwxyzabcdefgh&".repeat(2_000)].concat();
    for _ in 0..5 {
        scrub.learn_redirect(&url, "");
    }
    let kept: usize = scrub.redirects.iter().map(|known| known.0.expose().len()).sum();
    assert!(kept <= super::MOST_OF_REDIRECTS * 3, "{kept}");
    assert_eq!(scrub.line("qrstuvwxyzabcdefgh", 100), "***");
}
