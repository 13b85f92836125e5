//! Few open files: the instances' metadata leaves some for clients, and it is said.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::Served;

#[test]
fn metadata_takes_no_descriptors_that_clients_need() {
    let served = Served::account_limited(128, &[]);
    let template = "
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 150, Timeout: PT5M}}
    Properties: {MinSize: 150, MaxSize: 150}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    // One connection each, all of which are answered.
    for _ in 0..5 {
        served.result("DescribeStacks", &[("StackName", "web")]);
    }
    let instances = served.instances();
    let open =
        instances.iter().filter(|it| it.get("MetadataEndpoint").is_some_and(|it| it.is_string())).count();
    assert_eq!((instances.len(), open), (150, 32));
    served.await_event("no metadata service is opened for it, nor for those after it: 32 are open");
    assert_eq!(served.events().matches("no metadata service is opened").count(), 1);

    // Those of instances that are no more make room for others.
    served.result("DeleteStack", &[("StackName", "web")]);
    let gone = || served.result("DescribeStacks", &[]).get("Stacks").unwrap().as_array().unwrap().is_empty();
    while !gone() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", crate::common::SERVER)]);
    assert!(served.instances().first().unwrap().get("MetadataEndpoint").unwrap().is_string());
}
