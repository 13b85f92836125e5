"""A signal as a boto3 program sends it that takes care: signal_with_boto3.py ENDPOINT"""

import sys

import boto3
from botocore.config import Config

config = Config(retries={"mode": "standard", "total_max_attempts": 10})
client = boto3.client("cloudformation", endpoint_url=sys.argv[1], region_name="eu-west-1", config=config)
client.signal_resource(StackName="S", LogicalResourceId="R", UniqueId="i-0123456789abcdef0", Status="SUCCESS")
