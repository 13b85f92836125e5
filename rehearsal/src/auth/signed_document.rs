//! An instance identity document with its signature, in one: `pkcs7` and `rsa2048` of the metadata.
//!
//! Sources: <https://www.rfc-editor.org/rfc/rfc2315> (signed data), <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-rsa2048.html>

use yasna::models::ObjectIdentifier;
use yasna::{DERWriter, Tag, construct_der};

const DATA: [u64; 7] = [1, 2, 840, 113_549, 1, 7, 1];
const SIGNED_DATA: [u64; 7] = [1, 2, 840, 113_549, 1, 7, 2];
const SHA_256: [u64; 9] = [2, 16, 840, 1, 101, 3, 4, 2, 1];
const RSA: [u64; 7] = [1, 2, 840, 113_549, 1, 1, 1];
const COMMON_NAME: [u64; 4] = [2, 5, 4, 3];

/// The document and its signature, RSA with SHA-256, in DER.
pub(crate) fn signed_document(document: &[u8], signature: &[u8]) -> Vec<u8> {
    construct_der(|writer| {
        writer.write_sequence(|writer| {
            oid(writer.next(), &SIGNED_DATA);
            writer.next().write_tagged(Tag::context(0), |writer| {
                writer.write_sequence(|writer| {
                    writer.next().write_u8(1);
                    writer.next().write_set_of(|writer| algorithm(writer.next(), &SHA_256));
                    writer.next().write_sequence(|writer| {
                        oid(writer.next(), &DATA);
                        writer.next().write_tagged(Tag::context(0), |writer| writer.write_bytes(document));
                    });
                    writer.next().write_set_of(|writer| signer(writer.next(), signature));
                });
            });
        });
    })
}

fn signer(writer: DERWriter<'_>, signature: &[u8]) {
    writer.write_sequence(|writer| {
        writer.next().write_u8(1);
        // Whose certificate it is: there is none that anybody knows.
        writer.next().write_sequence(|writer| {
            writer.next().write_sequence_of(|writer| {
                writer.next().write_set_of(|writer| {
                    writer.next().write_sequence(|writer| {
                        oid(writer.next(), &COMMON_NAME);
                        writer.next().write_utf8_string("cfn-rehearse");
                    });
                });
            });
            writer.next().write_u8(1);
        });
        algorithm(writer.next(), &SHA_256);
        algorithm(writer.next(), &RSA);
        writer.next().write_bytes(signature);
    });
}

fn algorithm(writer: DERWriter<'_>, id: &[u64]) {
    writer.write_sequence(|writer| {
        oid(writer.next(), id);
        writer.next().write_null();
    });
}

fn oid(writer: DERWriter<'_>, id: &[u64]) {
    writer.write_oid(&ObjectIdentifier::from_slice(id));
}
