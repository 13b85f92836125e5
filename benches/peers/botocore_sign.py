"""What botocore takes to sign a request, for bodies of some sizes, as JSON: botocore_sign.py ROUNDS"""

import json
import sys
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

URL = (
    "https://cloudformation.eu-west-1.amazonaws.com/?Action=SignalResource&LogicalResourceId=WebServer"
    "&StackName=web&UniqueId=i-0123456789abcdef0&Status=SUCCESS&ContentType=JSON&Version=2010-05-15"
)
AUTH = SigV4Auth(Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "cloudformation", "eu-west-1")


def batch(body, times):
    begun = time.thread_time()
    for _ in range(times):
        AUTH.add_auth(AWSRequest("POST" if body else "GET", URL, {"accept": "application/json"}, body))
    return time.thread_time() - begun


def main():
    cells = []
    for size in (0, 1 << 10, 64 << 10, 1 << 20):
        body, times = b"x" * size, 1
        while batch(body, times) < 0.005:
            times *= 2
        samples = [batch(body, times) / times for _ in range(int(sys.argv[1]))]
        # It derives its key each time.
        cells += [{"who": "botocore", "what": what, "body": size, "samples": samples} for what in ("cached", "cold")]
    json.dump(cells, sys.stdout)


main()
