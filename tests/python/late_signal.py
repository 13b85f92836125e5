"""A stack is deleted and made again under its name: what an instance of the first still sends is not the second's."""

import json
import os
import urllib.request

import boto3

GROUP = """
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT1H}}
    Properties:
      MinSize: 1
      MaxSize: 1
      AvailabilityZones: [us-east-1a]
      LaunchTemplate: {LaunchTemplateId: lt-0123456789abcdef0, Version: 1}
"""

cloudformation = boto3.client("cloudformation")


def instances():
    url = os.environ["AWS_ENDPOINT_URL_CLOUDFORMATION"] + "/_rehearsal/instances"
    with urllib.request.urlopen(url) as answer:
        return [instance["InstanceId"] for instance in json.load(answer)["Instances"]]


def signal(instance, status):
    cloudformation.signal_resource(
        StackName="late", LogicalResourceId="Group", UniqueId=instance, Status=status
    )
    return cloudformation.describe_stacks(StackName="late")["Stacks"][0]["StackStatus"]


cloudformation.create_stack(StackName="late", TemplateBody=GROUP)
[first] = instances()
cloudformation.delete_stack(StackName="late")
cloudformation.create_stack(StackName="late", TemplateBody=GROUP)
[second] = [instance for instance in instances() if instance != first]
assert signal(first, "FAILURE") == "CREATE_IN_PROGRESS", "it is counted"
assert signal(second, "SUCCESS") == "CREATE_COMPLETE"
print("done")
