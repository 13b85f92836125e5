"""AWS Signature Version 4 for a request of any service. It sends nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Iterable, Optional, Union

from wasmtime.component import ResourceAny

from ._component import Instance, failed, key, record
from ._values import AccessKey


@dataclass(frozen=True)
class Signed:
    """What to add to the request, and where to send it."""

    headers: list[tuple[str, str]] = field(repr=False)
    uri: str = field(repr=False)
    signature: str


class SignError(ValueError):
    """The request cannot be signed; `kind` is why, as the contract has it: "invalid-uri", "expired"…"""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind


class Signer:
    """Keep it: the next signature of a day, region and service costs a fraction. Not for two threads at a time."""

    def __init__(self) -> None:
        self._instance = Instance("cfn:sigv4/signing@0.1.0")
        self._signer: Optional[ResourceAny] = self._instance.call("[constructor]signer")

    def sign(
        self,
        method: str,
        url: str,
        *,
        key: AccessKey,
        region: str,
        service: str,
        headers: Iterable[tuple[str, str]] = (),
        body: Optional[Union[bytes, str]] = b"",
        signed_at: Optional[int] = None,
        s3: bool = False,
        presigned_for: Optional[int] = None,
    ) -> Signed:
        """Signs a request. `body` is its bytes, or their SHA-256 in hexadecimal digits, or `None` for an unsigned payload. `signed_at` is Unix
        seconds, now unless it is given. Amazon S3 needs `s3`. With `presigned_for`, so many seconds, the signature is in the URI.
        Raises `SignError`."""
        if self._signer is None:
            raise ValueError("the signer is closed")
        # The payload's cases differ in their Python types, and so need no tag.
        request = record(method=method, uri=url, headers=list(headers), payload=body)
        scope = record(region=region, service=service, signed_at=int(time.time()) if signed_at is None else signed_at)
        settings = None
        try:
            if s3 or presigned_for is not None:
                settings = self._instance.call("[static]signing-settings.s3" if s3 else "[constructor]signing-settings")
            if presigned_for is not None:
                self._instance.call("[method]signing-settings.set-placement", settings, presigned_for)
            signed = self._instance.call("[method]signer.sign", self._signer, request, _key(key), scope, settings)
        finally:
            if settings is not None:
                self._instance.drop(settings)
        if failed(signed):
            raise SignError(signed.tag, str(signed.payload or ""))
        return Signed(list(signed.headers), signed.uri, signed.signature)

    def close(self) -> None:
        """The keys that it derived are overwritten."""
        if self._signer is not None:
            self._instance.drop(self._signer)
        self._signer = None

    def __enter__(self) -> "Signer":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def _key(of: AccessKey) -> object:
    return key(of.id, of.secret, of.session_token, of.expires_at)
