use super::for_client;

#[test]
fn options_are_given_where_the_rehearsal_is_started() {
    for (message, expected) in [
        (
            "a; give it with --param A=VALUE, or with --resolve ssm:/a=VALUE",
            "a; give it a value among the stack's parameters",
        ),
        ("a; give it with --import n=VALUE", "a; start cfn-rehearse serve with --import n=VALUE"),
        (
            "a; give it with --attribute A.B=VALUE; the whole user data can be given with --user-data FILE",
            "a; start cfn-rehearse serve with --attribute A.B=VALUE",
        ),
        (
            "u: no S3; give --template-dir DIR, a folder",
            "u: no S3; start cfn-rehearse serve with --template-dir DIR, a folder",
        ),
        (
            "the folder f (--template-dir) has no x",
            "the folder f (of cfn-rehearse serve --template-dir) has no x",
        ),
        (
            "a; give what that is made from with --attribute, --ref, --import or --resolve",
            "a; start cfn-rehearse serve with --attribute, --ref, --import or --resolve for what that is made from",
        ),
        ("nothing of the kind", "nothing of the kind"),
    ] {
        assert_eq!(for_client(message), expected);
    }
}
