use super::says;

#[test]
fn user_data_says_what_any_of_its_parts_says() {
    let message = b"Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n--B\nContent-Type: text/x-shellscript\n\
        Content-Transfer-Encoding: base64\n\nIyEvYmluL3NoCmVjaG8gb25lCmV4aXQgMwo=\n--B--\n";
    assert!(says(message, "echo one"));
    assert!(says(b"<powershell>cfn-signal.exe</powershell>", "cfn-signal"));
    assert!(!says(message, "echo two") && !says(b"", "x"));
}
