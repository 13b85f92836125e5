"""Tells AWS CloudFormation that a resource is configured, and signs requests to AWS: WebAssembly components, and the loop around one.

    from cfn_signal_components import Signal, StackResource, deliver

    outcome = deliver(Signal("i-0123456789abcdef0"), StackResource("web", "Server", "eu-west-1"))
    if not outcome.delivered:
        raise SystemExit(f"{outcome.kind}: {outcome.message}")
"""

from ._component import CLIENT, CLIENT_P3, COMMAND, SIGNER
from ._delivery import deliver, environment
from ._http import Http, TransportError
from ._signing import Signed, SignError, Signer
from ._values import (
    AccessKey,
    IdentityRequest,
    InstanceDocument,
    NoIdentity,
    Options,
    Outcome,
    Pause,
    PrepareError,
    Request,
    Response,
    Signal,
    StackResource,
    WaitHandle,
)

__all__ = [
    "CLIENT",
    "CLIENT_P3",
    "COMMAND",
    "SIGNER",
    "AccessKey",
    "Http",
    "IdentityRequest",
    "InstanceDocument",
    "NoIdentity",
    "Options",
    "Outcome",
    "Pause",
    "PrepareError",
    "Request",
    "Response",
    "SignError",
    "Signal",
    "Signed",
    "Signer",
    "StackResource",
    "TransportError",
    "WaitHandle",
    "deliver",
    "environment",
]
