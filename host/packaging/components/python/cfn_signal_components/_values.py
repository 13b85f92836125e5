"""What goes in and what comes out. Times are in seconds, as Python's own are; what is secret is in no `repr`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Optional

_STATUSES = "success", "failure"
_KINDS: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "bytes": bytes,
    "bool": bool,
    "int": int,
    "float": (float, int),
    "list[tuple[str, str]]": list,
}


class _Checked:
    """Says at once which field is wrong, rather than the component's loader that something is. It tells no value: that may be a secret."""

    def __post_init__(self) -> None:
        for it in fields(self):  # type: ignore[arg-type]
            value, wanted = getattr(self, it.name), str(it.type)
            optional = wanted.startswith("Optional[")
            kind = _KINDS[wanted[len("Optional[") : -1] if optional else wanted]
            if not isinstance(value, kind) and not (optional and value is None):
                raise TypeError(f"{type(self).__name__}: {it.name} is to be {wanted}, not {type(value).__name__}")


@dataclass(frozen=True)
class Signal(_Checked):
    """What is said of the resource. `reason` and `data` reach a wait handle only."""

    #: 1 to 64 characters, another for each signal. For an instance or a group it has to be the instance's id.
    unique_id: str
    #: "success" or "failure"
    status: str = "success"
    reason: Optional[str] = None
    data: Optional[str] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.status not in _STATUSES:
            raise ValueError(f"Signal: status is to be {' or '.join(_STATUSES)}, not {self.status}")


@dataclass(frozen=True)
class StackResource(_Checked):
    """A resource with a `CreationPolicy` or an `UpdatePolicy`."""

    stack: str
    logical_id: str
    region: str


@dataclass(frozen=True)
class WaitHandle(_Checked):
    """A wait condition handle's presigned URL, as such or in base64."""

    url: str = field(repr=False)


@dataclass(frozen=True)
class AccessKey(_Checked):
    """Signs with Signature Version 4; needs the IAM permission `cloudformation:SignalResource`."""

    id: str
    secret: str = field(repr=False)
    session_token: Optional[str] = field(default=None, repr=False)
    #: Unix seconds
    expires_at: Optional[int] = None


@dataclass(frozen=True)
class InstanceDocument(_Checked):
    """An instance's identity document and its signature, verbatim from the metadata service: `CFN_V1`, which needs no permission."""

    document: str = field(repr=False)
    signature: str = field(repr=False)


@dataclass(frozen=True)
class IdentityRequest:
    """What is asked of whoever knows the identities."""

    #: "cached", or "renewed" where the last one has expired or was refused
    freshness: str
    timeout: float


class NoIdentity(Exception):
    """Why there is no identity. It is asked for again until the deadline, unless that is `permanent`. The text must hold no secret."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent


@dataclass(frozen=True)
class Options(_Checked):
    """How to deliver, where the defaults do not serve. `None` leaves one of them as it is."""

    #: From the first step to the last, waits included: 300
    deadline: Optional[float] = None
    #: Of the deadline, what had passed before: 0
    spent: Optional[float] = None
    #: Tries after which a failure that may last is final: no limit
    max_attempts: Optional[int] = None
    #: For one request, its connection included: 30
    attempt_timeout: Optional[float] = None
    #: For a connection: 5
    connect_timeout: Optional[float] = None
    #: The least time from one try to the next: 1
    base_delay: Optional[float] = None
    #: The longest wait, unless the server asks for a longer one: 20
    max_delay: Optional[float] = None
    #: In place of the region's own endpoint
    endpoint_url: Optional[str] = None
    fips: bool = False
    dual_stack: bool = False


@dataclass(frozen=True)
class Pause:
    """A wait for another try, and what is in the way: one line for people, free of secrets."""

    duration: float
    remaining: float
    reason: str


@dataclass(frozen=True)
class Request:
    """A request, to be sent exactly as it stands. It may hold secrets: never log one."""

    method: str
    uri: str = field(repr=False)
    headers: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)
    timeout: float
    connect_timeout: float


@dataclass(frozen=True)
class Response(_Checked):
    """What was answered, redirects included. The first 64 KiB of the body are enough."""

    status_code: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """How a delivery ended."""

    #: "delivered", "already-complete", "already-signalled", "wrong-resource", "not-member", "denied", "credentials", "throttled",
    #: "rejected", "unreachable", "expired-url", "deadline" or "misused"
    kind: str
    status_code: Optional[int]
    code: Optional[str]
    request_id: Optional[str]
    #: One line for people, free of secrets
    message: str
    attempts: int

    @property
    def delivered(self) -> bool:
        """Whether CloudFormation has the signal."""
        return self.kind == "delivered"


class PrepareError(ValueError):
    """The signal cannot be sent as asked; `what` is the part that is wrong, as the contract has it: "stack", "unique-id"…"""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(f"{what}: {message}")
        self.what = what
