"""The loop: it sends, sleeps and finds identities, and decides nothing."""

from __future__ import annotations

import os
import random
import time
from typing import Any, Callable, Optional, Union

from wasmtime.component import Record, ResourceAny, Variant

from ._component import Instance, failed, key, record
from ._http import Http, TransportError
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

Identity = Union[AccessKey, InstanceDocument]


def environment(_request: IdentityRequest) -> AccessKey:
    """The access key of the environment's variables."""
    id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not id or not secret:
        raise NoIdentity("the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", permanent=True)
    return AccessKey(id, secret, os.environ.get("AWS_SESSION_TOKEN"))


def deliver(
    signal: Signal,
    target: Union[StackResource, WaitHandle],
    *,
    identity: Callable[[IdentityRequest], Identity] = environment,
    options: Optional[Options] = None,
    send: Optional[Callable[[Request], Response]] = None,
    on_pause: Optional[Callable[[Pause], None]] = None,
) -> Outcome:
    """Delivers a signal, and returns when it is known how that ended: at the latest when the deadline has passed.

    `identity` says whom to sign as, or raises `NoIdentity`; a wait handle needs none. `send` is an `Http()` unless another is given; it
    raises `TransportError` where no answer came. Each wait is told to `on_pause` before it begins. Raises `PrepareError` where the
    signal is not what CloudFormation takes. It may be called from several threads.
    """
    instance = Instance("cfn:signal/delivery@0.1.0")
    choices = _options(instance, options or Options())
    machine = _prepare(instance, signal, target, choices)
    exchange: Optional[Callable[[Request], Response]] = send
    begun = time.monotonic()
    event = Variant("start")
    try:
        while True:
            now, elapsed = int(time.time() * 1000), int((time.monotonic() - begun) * 1000)
            step = instance.call("[method]signal-delivery.next", machine, event, now, elapsed)
            if step.tag == "done":
                end = step.payload
                return Outcome(
                    end.kind, getattr(end, "status-code"), end.code, getattr(end, "request-id"), end.message, end.attempts
                )
            if step.tag == "need-identity":
                event = _identity(identity, step.payload)
            elif step.tag == "send":
                exchange = exchange or Http()
                event = _send(exchange, step.payload)
            else:
                event = _wait(step.payload, on_pause)
    finally:
        instance.drop(machine)
        instance.drop(choices)


def _options(instance: Instance, options: Options) -> ResourceAny:
    made: ResourceAny = instance.call("[constructor]delivery-options")
    seconds = ("deadline", "spent", "attempt_timeout", "connect_timeout", "base_delay", "max_delay")
    for name in (*seconds, "max_attempts", "endpoint_url"):
        value = getattr(options, name)
        if value is not None:
            value = _milliseconds(value) if name in seconds else value
            instance.call(f"[method]delivery-options.set-{name.replace('_', '-')}", made, value)
    variants = {name for name, chosen in (("fips", options.fips), ("dual-stack", options.dual_stack)) if chosen}
    if variants:
        instance.call("[method]delivery-options.set-endpoint-variant", made, variants)
    return made


def _milliseconds(seconds: float) -> int:
    return min(max(round(seconds * 1000), 0), 2**32 - 1)


def _prepare(instance: Instance, signal: Signal, target: Union[StackResource, WaitHandle], options: ResourceAny) -> ResourceAny:
    said = record(status=signal.status, unique_id=signal.unique_id, reason=signal.reason, data=signal.data)
    whom: Union[Record, str]
    if isinstance(target, StackResource):
        whom = record(stack=target.stack, logical_id=target.logical_id, region=target.region)
    elif isinstance(target, WaitHandle):
        whom = target.url
    else:
        raise _unfit("target", "a StackResource or a WaitHandle", target)
    machine = instance.call("[static]signal-delivery.prepare", said, whom, options, random.getrandbits(64))
    if failed(machine):
        instance.drop(options)
        raise PrepareError(machine.tag, str(machine.payload))
    return machine  # type: ignore[no-any-return]


def _identity(identity: Callable[[IdentityRequest], Identity], asked: Any) -> Variant:
    try:
        found = identity(IdentityRequest(asked.freshness, asked.timeout / 1000))
    except NoIdentity as why:
        return Variant("no-identity", Variant("permanent" if why.permanent else "temporary", str(why)))
    if isinstance(found, InstanceDocument):
        return Variant("identity", Variant("instance-document", record(document=found.document, signature=found.signature)))
    if not isinstance(found, AccessKey):
        raise _unfit("identity", "an AccessKey or an InstanceDocument", found)
    return Variant("identity", Variant("access-key", key(found.id, found.secret, found.session_token, found.expires_at)))


def _send(send: Callable[[Request], Response], attempt: Any) -> Variant:
    asked = attempt.request
    timeout, connecting = attempt.timeout / 1000, getattr(attempt, "connect-timeout") / 1000
    try:
        answer = send(Request(asked.method, asked.uri, list(asked.headers), bytes(asked.body), timeout, connecting))
    except TransportError as error:
        silent = error.kind in ("connect-timeout", "timeout")
        return Variant("failed", Variant(error.kind, None if silent else error.message))
    if not isinstance(answer, Response):
        raise _unfit("send", "a Response", answer)
    return Variant("response", record(status_code=answer.status_code, headers=answer.headers, body=answer.body))


def _unfit(name: str, wanted: str, given: object) -> TypeError:
    return TypeError(f"{name}: {wanted} is needed, not {type(given).__name__}")


def _wait(pause: Any, on_pause: Optional[Callable[[Pause], None]]) -> Variant:
    if on_pause:
        on_pause(Pause(pause.duration / 1000, pause.remaining / 1000, pause.reason))
    time.sleep(pause.duration / 1000)
    return Variant("waited")
