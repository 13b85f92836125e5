"""Signs the hosts' request with botocore and prints the signature: an implementation that shares nothing with ours.

Usage: botocore_signature.py REQUEST.JSON
"""

import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        asked = json.load(file)
    signed_at = datetime.datetime.fromtimestamp(asked["signed-at"], datetime.timezone.utc)
    # botocore dates a signature by this, and takes no date from its caller.
    botocore.auth.get_current_datetime = lambda *_, **__: signed_at
    request = AWSRequest(asked["method"], asked["url"], dict(asked["headers"]), asked["body"].encode())
    key = Credentials(asked["access-key-id"], asked["secret-access-key"])
    botocore.auth.SigV4Auth(key, asked["service"], asked["region"]).add_auth(request)
    authorization = request.headers["Authorization"]
    date = signed_at.strftime("%Y%m%dT%H%M%SZ")
    assert request.headers["X-Amz-Date"] == date, f"botocore dated it {request.headers['X-Amz-Date']}, not {date}"
    print(authorization.rpartition("Signature=")[2])


main()
