//! As many stacks as an account may have.

use crate::common::Served;

#[test]
fn a_stack_too_many_is_refused_until_one_goes() {
    let served = Served::account(&[]);
    let create = |number: usize| {
        let body = "Resources: {T: {Type: AWS::SNS::Topic}}";
        served.call("CreateStack", &[("StackName", &format!("s-{number}")), ("TemplateBody", body)])
    };
    for number in 0..2000 {
        assert_eq!(create(number).status, 200, "{number}");
    }
    let refused = create(2000);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.error().0, "LimitExceededException");
    assert_eq!(served.call("DeleteStack", &[("StackName", "s-1000")]).status, 200);
    assert_eq!(create(2000).status, 200);
    assert_eq!(create(2001).status, 400);
}
