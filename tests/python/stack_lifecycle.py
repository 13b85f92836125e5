"""A stack's whole life as any boto3 program would lead it: stack_lifecycle.py TEMPLATE

Endpoint, region and keys come from the environment, as `cfn-rehearse serve --env` prints it.
"""

import json
import os
import pathlib
import sys
import threading
import urllib.request

import boto3
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL_CLOUDFORMATION"]
TEMPLATE = pathlib.Path(sys.argv[1]).read_text()
# More than fit on one page of events.
SIZE = 120
# Half a second between two looks: they fail only when something hangs.
WAITING = {"Delay": 0.5, "MaxAttempts": 600}

client = boto3.client("cloudformation")


def parameters(**values):
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def refused(call, code, message, **arguments):
    """What is refused has the service's code and words."""
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code, found
        assert message in found["Message"], found
        assert found["Type"] == "Sender", found
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return error
    raise AssertionError(f"not refused: {code} {message}")


def instances():
    # The Auto Scaling API is not there: the rehearsal's own path lists the instances.
    with urllib.request.urlopen(f"{ENDPOINT}/_rehearsal/instances") as answer:
        return [it["InstanceId"] for it in json.load(answer)["Instances"]]


def signal_everybody(signalled):
    for instance in set(instances()) - signalled:
        signalled.add(instance)
        client.signal_resource(StackName="web", LogicalResourceId="Web", UniqueId=instance, Status="SUCCESS")


def awaited(waiter, act):
    """The waiter is told by the stack, not by us."""
    failures = []

    def wait():
        try:
            client.get_waiter(waiter).wait(StackName="web", WaiterConfig=WAITING)
        except Exception as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while waiting.is_alive():
        act()
        waiting.join(0.2)
    assert not failures, failures


def create():
    request = {
        "StackName": "web",
        "TemplateBody": TEMPLATE,
        "Parameters": parameters(Password="hush", Size=str(SIZE)),
        "Tags": [{"Key": "team", "Value": "web & co"}],
        "TimeoutInMinutes": 60,
        "Capabilities": ["CAPABILITY_IAM"],
        "NotificationARNs": ["arn:aws:sns:us-east-1:123456789012:topic"],
    }
    stack_id = client.create_stack(**request, ClientRequestToken="once")["StackId"]
    assert client.create_stack(**request, ClientRequestToken="once")["StackId"] == stack_id
    error = refused(client.create_stack, "AlreadyExistsException", "Stack [web] already exists", **request)
    assert isinstance(error, client.exceptions.AlreadyExistsException), error
    assert client.describe_stacks(StackName="web")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    awaited("stack_create_complete", lambda signalled=set(): signal_everybody(signalled))
    return stack_id


def describe(stack_id):
    [stack] = client.describe_stacks()["Stacks"]
    assert stack["StackId"] == stack_id
    shown = {it["ParameterKey"]: it["ParameterValue"] for it in stack["Parameters"]}
    assert shown == {"Greeting": "hello", "Password": "****", "Size": str(SIZE)}, shown
    assert stack["Tags"] == [{"Key": "team", "Value": "web & co"}], stack
    assert stack["TimeoutInMinutes"] == 60 and stack["Capabilities"] == ["CAPABILITY_IAM"], stack
    assert stack["NotificationARNs"] == ["arn:aws:sns:us-east-1:123456789012:topic"], stack
    group = client.describe_stack_resource(StackName="web", LogicalResourceId="Web")["StackResourceDetail"]
    assert stack["Outputs"] == [
        {
            "OutputKey": "Group",
            "OutputValue": group["PhysicalResourceId"],
            "Description": "The group's name",
            "ExportName": "web-group",
        }
    ], stack["Outputs"]

    pages = list(client.get_paginator("describe_stack_events").paginate(StackName=stack_id))
    assert len(pages) > 1, "one page only"
    events = [event for page in pages for event in page["StackEvents"]]
    assert len({event["EventId"] for event in events}) == len(events)
    assert events[0]["LogicalResourceId"] == "web" and events[0]["ResourceStatus"] == "CREATE_COMPLETE", events[0]
    assert events[-1]["ResourceStatusReason"] == "User Initiated", events[-1]
    assert {event["ClientRequestToken"] for event in events} == {"once"}
    told = [event.get("ResourceStatusReason", "") for event in events]
    assert sum(reason.startswith("Received SUCCESS signal with UniqueId i-") for reason in told) == SIZE
    times = [event["Timestamp"] for event in events]
    assert times == sorted(times, reverse=True)

    described = client.describe_stack_resources(StackName="web")["StackResources"]
    pages = client.get_paginator("list_stack_resources").paginate(StackName="web")
    listed = [it for page in pages for it in page["StackResourceSummaries"]]
    for resources in (described, listed):
        assert {it["LogicalResourceId"] for it in resources} == {"Launch", "Web"}, resources
    by_instance = client.describe_stack_resources(PhysicalResourceId=group["PhysicalResourceId"])
    assert by_instance["StackResources"][0]["StackName"] == "web"


def templates():
    assert client.get_template(StackName="web")["TemplateBody"] == TEMPLATE
    valid = client.validate_template(TemplateBody=TEMPLATE)
    assert [it["ParameterKey"] for it in valid["Parameters"]] == ["Greeting", "Password", "Size"], valid
    assert [it["NoEcho"] for it in valid["Parameters"]] == [False, True, False], valid
    assert valid["Description"].startswith("A group"), valid
    summary = client.get_template_summary(StackName="web")
    assert summary["ResourceTypes"] == ["AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate"], summary
    role = json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role"}}})
    assert client.validate_template(TemplateBody=role)["Capabilities"] == ["CAPABILITY_IAM"]
    refused(
        client.create_stack,
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_IAM]",
        StackName="role",
        TemplateBody=role,
    )
    # JSON comes back as an object, as boto3 has it.
    client.create_stack(StackName="role", TemplateBody=role, Capabilities=["CAPABILITY_NAMED_IAM"])
    assert client.get_template(StackName="role")["TemplateBody"] == json.loads(role)
    client.delete_stack(StackName="role")


def update():
    unchanged = [{"ParameterKey": key, "UsePreviousValue": True} for key in ("Password", "Size")]
    refused(
        client.update_stack,
        "ValidationError",
        "No updates are to be performed.",
        StackName="web",
        UsePreviousTemplate=True,
        Parameters=unchanged,
    )
    before = set(instances())
    changed = unchanged + parameters(Greeting="good morning")
    client.update_stack(StackName="web", UsePreviousTemplate=True, Parameters=changed)
    awaited("stack_update_complete", lambda signalled=before: signal_everybody(signalled))
    [stack] = client.describe_stacks(StackName="web")["Stacks"]
    shown = {it["ParameterKey"]: it["ParameterValue"] for it in stack["Parameters"]}
    assert shown["Greeting"] == "good morning" and shown["Size"] == str(SIZE), shown
    assert stack["LastUpdatedTime"] > stack["CreationTime"], stack
    refused(client.update_stack, "ValidationError", "Stack [nobody] does not exist", StackName="nobody", TemplateBody=TEMPLATE)


def mistakes():
    for arguments, message in [
        ({"TemplateBody": "Resources: ["}, "Template format error: YAML not well-formed. (line "),
        ({"TemplateBody": '{"Resources": '}, "Template format error: JSON not well-formed. (line "),
        ({"TemplateBody": "Resources: {}"}, "Template format error: "),
        ({"TemplateBody": TEMPLATE}, "Parameters: [Password, Size] must have values"),
        (
            {"TemplateBody": TEMPLATE, "Parameters": parameters(Password="x", Size="1", Colour="x", Shape="y")},
            "Parameters: [Colour, Shape] do not exist in the template",
        ),
        ({}, "Either Template URL or Template Body must be specified."),
        (
            {"TemplateURL": "https://example.com/template"},
            "no bucket of this rehearsal has it; start cfn-rehearse serve with --template-dir DIR",
        ),
        ({"TemplateBody": "x" * 51_201}, "Member must have length less than or equal to 51200"),
        ({"TemplateBody": TEMPLATE, "OnFailure": "DELETE", "DisableRollback": True}, "but not both"),
    ]:
        refused(client.create_stack, "ValidationError", message, StackName="other", **arguments)
    refused(
        client.create_stack,
        "ValidationError",
        "Value 'my_stack' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern",
        StackName="my_stack",
        TemplateBody=TEMPLATE,
    )
    refused(
        client.signal_resource,
        "ValidationError",
        "1 validation error detected: Value 'GOOD' at 'status' failed to satisfy constraint: Member must satisfy enum "
        "value set: [SUCCESS, FAILURE]",
        StackName="web",
        LogicalResourceId="Web",
        UniqueId="i-1",
        Status="GOOD",
    )
    refused(client.describe_stacks, "ValidationError", "Stack with id nobody does not exist", StackName="nobody")
    refused(client.describe_stack_events, "ValidationError", "Stack [nobody] does not exist", StackName="nobody")
    refused(client.get_template, "ValidationError", "Stack with id nobody does not exist", StackName="nobody")
    refused(client.list_stacks, "ValidationError", "NextToken", NextToken="nobody's")
    refused(
        client.estimate_template_cost,
        "InvalidAction",
        "this rehearsal has CreateStack",
        TemplateBody=TEMPLATE,
    )


def delete(stack_id):
    client.delete_stack(StackName="web")
    for name in ("web", stack_id):
        client.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=WAITING)
    refused(client.describe_stacks, "ValidationError", "Stack with id web does not exist", StackName="web")
    gone = client.describe_stacks(StackName=stack_id)["Stacks"][0]
    assert gone["StackStatus"] == "DELETE_COMPLETE" and gone["DeletionTime"], gone
    client.delete_stack(StackName="web")
    pages = client.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
    listed = [it["StackName"] for page in pages for it in page["StackSummaries"]]
    assert listed == ["role", "web"], listed
    assert not instances()


def many():
    """Pages of stacks."""
    template = "Resources: {Box: {Type: AWS::S3::Bucket}}"
    for number in range(130):
        client.create_stack(StackName=f"s{number}", TemplateBody=template)
    pages = list(client.get_paginator("list_stacks").paginate(StackStatusFilter=["CREATE_COMPLETE"]))
    assert [len(page["StackSummaries"]) for page in pages] == [100, 30], pages
    described = [it for page in client.get_paginator("describe_stacks").paginate() for it in page["Stacks"]]
    assert len({it["StackName"] for it in described}) == 130


stack_id = create()
describe(stack_id)
templates()
mistakes()
update()
delete(stack_id)
many()
print("done")
