//! The contested cases.

/// What we answer to a contested case, and why.
#[derive(Debug)]
pub struct Decision {
    /// The case.
    pub id: &'static str,
    /// Why it is contested, and why we answer as we do.
    pub reason: &'static str,
    /// What we answer.
    pub answer: Answer,
}

/// An answer to a contested case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The suite's.
    Suite,
    /// The suite's, with the path encoded once.
    SuiteEncodedOnce,
    /// Not the suite's.
    Ours {
        /// What is hashed.
        canonical_request: &'static str,
        /// Lower-case hex.
        signature: &'static str,
    },
}

/// Every contested case.
pub const DECISIONS: &[Decision] = &[
    decided("crt/get-header-value-multiline/header", FOLDED, Answer::Suite),
    decided("crt/get-header-value-multiline/query", FOLDED, Answer::Suite),
    decided("botocore-old/get-header-value-multiline/header", FOLDED, Answer::Suite),
    decided(
        "aws4-npm-old/get-header-value-multiline/header",
        FOLDED,
        Answer::Ours {
            canonical_request: "GET\n/\n\nhost:example.amazonaws.com\nmy-header1:value1 value2 value3\n\
                x-amz-date:20150830T123600Z\n\nhost;my-header1;x-amz-date\n\
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            signature: "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
        },
    ),
    decided("crt/get-space-normalized/header", RAW_SPACE, Answer::Suite),
    decided("crt/get-space-normalized/query", RAW_SPACE, Answer::Suite),
    decided("crt/get-space-unnormalized/header", RAW_SPACE, Answer::Suite),
    decided("crt/get-space-unnormalized/query", RAW_SPACE, Answer::Suite),
    decided("botocore-old/normalize-path/get-space/header", RAW_SPACE, Answer::Suite),
    decided("smithy-python-old/normalize-path/get-space/header", ENCODED_SPACE, Answer::Suite),
    decided("smithy-rs/get-space-normalized/header", ENCODED_SPACE, Answer::SuiteEncodedOnce),
    decided("smithy-rs/get-space-normalized/query", ENCODED_SPACE, Answer::SuiteEncodedOnce),
    decided(
        "smithy-rs/double-encode-path/header",
        "The published signature belongs to another day and key, so the case holds a canonical request only. It is \
         the one that every suite's rules give, and ours.",
        Answer::Suite,
    ),
    decided(
        "ruby-old/post-vanilla-query-nonunreserved/header",
        "The URL holds a raw '#', and the suite takes it and what follows for the query. By RFC 3986 it starts the \
         fragment, which no client sends, so signing it would give a signature that no server computes. We sign the \
         query before it. (The suite also takes a raw '+' for a plus sign; for AWS it is a space.)",
        Answer::Ours {
            canonical_request: "POST\n/\n%40=\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n\
                host;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            signature: "f2905e581a4a21bb6e307ed6f273d909d9787c1b8007220d25536a84984c434f",
        },
    ),
];

const FOLDED: &str = "A value folded over three lines. The suites of the AWS Common Runtime, botocore and smithy-python \
    join the lines with a space, old copies of the suite with commas, and newer HTTP parsers refuse it. RFC 9112 §5.2 \
    replaces a fold by spaces, which SigV4 reduces to one: we join with a space.";

const RAW_SPACE: &str = "A raw space in the path, which strict parsers refuse. It can only mean a space, so it is \
    encoded for the signature, once even where paths are encoded twice: the URI had not encoded it yet.";

const ENCODED_SPACE: &str = "An encoded space in the path. smithy-python encodes it again (%2520), as every service but \
    Amazon S3 does; smithy-rs has the raw space of the Common Runtime's case encoded by its parser and keeps the \
    expectation (%20), which is right where paths are encoded once. We give either, as the settings say.";

const fn decided(id: &'static str, reason: &'static str, answer: Answer) -> Decision {
    Decision { id, reason, answer }
}
