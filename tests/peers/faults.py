"""What may stand between a signal and CloudFormation, and what each of it answers."""

from dataclasses import dataclass
from typing import Callable

HTML = "Content-Type: text/html\r\nVia: 1.1 proxy\r\n"
PAGE = "<html><body><h1>It is not our fault</h1></body></html>"
# AWS's answers have a request's id, and come as the client asked: JSON for Amazon's helper and for ours, XML for SDKs.
ID = "x-amzn-RequestId: 4f9b2d1c-0000-4000-8000-000000000001\r\n"


def error(status, code, message="", headers=""):
    """An error of the API."""
    def answer(json):
        if json:
            body = f'{{"Error":{{"Code":"{code}","Message":"{message}","Type":"Sender"}},"RequestId":"4f9b"}}'
            return status, ID + "Content-Type: application/json\r\n" + headers, body
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        return status, ID + "Content-Type: text/xml\r\n" + headers, body
    return answer


def page(status, headers=HTML, body=PAGE):
    """An answer of somebody else."""
    return lambda json: (status, headers, body)


@dataclass
class Fault:
    """Requests meet it `times` times, or for `seconds`; then all is well."""

    name: str
    # What is answered, or what is done to the connection: "reset", "half", "hang", "close".
    act: Callable | str | None = None
    times: int = 0
    seconds: float = 0
    # Whether the request is counted all the same.
    counts: bool = False
    # Nobody listens for so long.
    refused: float = 0
    # How far ahead the service's clock is.
    ahead: float = 0


FAULTS = [
    Fault("nobody listens for 12 s", refused=12),
    Fault("the connection is closed unread, 2 times", "close", times=2),
    Fault("the signal is counted, then the connection is reset", "reset", times=1, counts=True),
    Fault("the signal is counted, and half of the answer's body comes", "half", times=1, counts=True),
    Fault("one request is never answered", "hang", times=1),
    Fault("503 for 10 s", error(503, "ServiceUnavailable"), seconds=10),
    Fault("500 `InternalFailure`, 3 times", error(500, "InternalFailure"), times=3),
    Fault("502 and a page of a proxy, 5 times", page(502), times=5),
    Fault("503 with `Retry-After: 86400`, once", error(503, "ServiceUnavailable", headers="Retry-After: 86400\r\n"), times=1),
    Fault("`Throttling` for 10 s", error(400, "Throttling", "Rate exceeded"), seconds=10),
    Fault("`RequestLimitExceeded` for 10 s", error(503, "RequestLimitExceeded"), seconds=10),
    Fault("`BandwidthLimitExceeded` for 10 s", error(400, "BandwidthLimitExceeded"), seconds=10),
    Fault("429 without a code, 2 times", page(429, "", ""), times=2),
    Fault("408, 2 times", page(408, "", ""), times=2),
    Fault("404 and a page of a proxy, 2 times", page(404), times=2),
    Fault("403 and a page of a proxy, 2 times", page(403), times=2),
    Fault("400 and half an error of the API, 2 times", page(400, ID, "<ErrorResponse><Error><Type>Sender</Ty"), times=2),
    Fault("200 and a page of a proxy, once", page(200), times=1),
    Fault("this machine's clock is 15 minutes slow", ahead=900),
    Fault("this machine's clock is 2 hours fast", ahead=-7200),
    Fault(
        "the stack does not know its instance yet, 2 times",
        error(400, "ValidationError", "Instance i-0123456789abcdef0 in not a member of stack S"),
        times=2,
    ),
    Fault(
        "the key is not known yet (`InvalidClientTokenId`), 2 times",
        error(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        times=2,
    ),
    Fault("access is denied for good", error(403, "AccessDenied", "User is not authorized"), seconds=1e9),
]
