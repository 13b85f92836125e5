"""Signals as any boto3 program would: signal_resource.py STACK LOGICAL-ID UNIQUE-ID [WRONG-SECRET]"""

import sys

import boto3
from botocore.exceptions import ClientError


def main():
    stack, logical_id, unique_id, *secret = sys.argv[1:]
    # Endpoint, region and keys come from the environment, as `cfn-rehearse serve --env` prints it.
    keys = {"aws_secret_access_key": secret[0]} if secret else {}
    if keys:
        keys["aws_access_key_id"] = boto3.Session().get_credentials().access_key
    client = boto3.client("cloudformation", **keys)
    try:
        client.signal_resource(StackName=stack, LogicalResourceId=logical_id, UniqueId=unique_id, Status="SUCCESS")
    except ClientError as error:
        print(error.response["Error"]["Code"])
        return
    print(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


main()
