"""Sends requests with Python's own library, and says what became of them as the component has to know it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import os
import socket
import ssl
import time
import urllib.parse
import urllib.request
from typing import Callable, Iterator, Optional, cast

from ._values import Request, Response

# What of a body is worth reading, and how long after its head: of a success, of anything else.
_BODY = 64 << 10
_BODY_TIME = 2.0, 5.0
# Of OpenSSL's: a certificate that is not valid yet, or no longer, is so where the clock is wrong, too.
_DATES = 9, 10


class TransportError(Exception):
    """Why a request brought no answer: `kind` is one of `KINDS`. What counts is whether it can have arrived:
    see docs/embedding.md. The text must not hold the URI."""

    KINDS = "dns", "refused", "connect-timeout", "tls", "certificate", "proxy", "timeout", "reset", "other"

    def __init__(self, kind: str, message: str = "") -> None:
        if kind not in self.KINDS:
            raise ValueError(f"TransportError: kind is to be one of {', '.join(self.KINDS)}, not {kind}")
        super().__init__(message or kind)
        self.kind = kind
        self.message = message


class Http:
    """Called with a `Request`, it answers with a `Response` or raises a `TransportError`.

    `context` says which certificates are trusted: those of Python's OpenSSL, and of the file that `AWS_CA_BUNDLE` names, unless it is
    given. Proxies are those of `https_proxy`, `http_proxy` and `no_proxy`, or the system's.
    """

    def __init__(self, context: Optional[ssl.SSLContext] = None) -> None:
        self._context = context or ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)

    def __call__(self, request: Request) -> Response:
        end = time.monotonic() + request.timeout
        url = urllib.parse.urlsplit(request.uri)
        proxy = _proxy(url)
        connection = self._connection(url, proxy, request.connect_timeout)
        with contextlib.closing(connection):
            with _what_is_in_the_way(_unconnected, bool(proxy)):
                connection.connect()
            with _what_is_in_the_way(_connected, bool(proxy)):
                return _exchange(connection, request, _path(url, proxy), _authorization(proxy) if url.scheme == "http" else {}, end)

    def _connection(self, url: urllib.parse.SplitResult, proxy: Optional[urllib.parse.SplitResult], timeout: float) -> http.client.HTTPConnection:
        host, port = (proxy or url).hostname or "", (proxy or url).port
        if url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout)
        connection = http.client.HTTPSConnection(host, port or (80 if proxy else None), timeout=timeout, context=self._context)
        if proxy:
            connection.set_tunnel(url.hostname or "", url.port or 443, headers=_authorization(proxy))
        return connection


def _proxy(url: urllib.parse.SplitResult) -> Optional[urllib.parse.SplitResult]:
    named = urllib.request.getproxies().get(url.scheme)
    if not named or urllib.request.proxy_bypass(url.netloc):
        return None
    proxy = urllib.parse.urlsplit(named if "://" in named else f"http://{named}")
    if proxy.scheme != "http":
        raise TransportError("proxy", f"a proxy of the kind {proxy.scheme} is not supported")
    return proxy


def _authorization(proxy: Optional[urllib.parse.SplitResult]) -> dict[str, str]:
    if not proxy or proxy.username is None:
        return {}
    words = f"{urllib.parse.unquote(proxy.username)}:{urllib.parse.unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(words.encode()).decode()}


def _path(url: urllib.parse.SplitResult, proxy: Optional[urllib.parse.SplitResult]) -> str:
    path = url._replace(scheme="", netloc="", path=url.path or "/").geturl()
    return f"http://{url.netloc}{path}" if proxy and url.scheme == "http" else path


def _exchange(connection: http.client.HTTPConnection, request: Request, path: str, more: dict[str, str], end: float) -> Response:
    sock = cast(socket.socket, connection.sock)
    sock.settimeout(max(end - time.monotonic(), 0.001))
    connection.putrequest(request.method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", urllib.parse.urlsplit(request.uri).netloc)
    if request.body or request.method not in ("GET", "HEAD"):
        connection.putheader("Content-Length", str(len(request.body)))
    for name, value in [*request.headers, *more.items()]:
        connection.putheader(name, value)
    connection.endheaders(request.body or None)
    source = _Until(sock, end)
    answer = http.client.HTTPResponse(cast(socket.socket, source), method=request.method)
    answer.begin()
    source.end = min(end, time.monotonic() + _BODY_TIME[not 200 <= answer.status < 300])
    body = b""
    # A body that breaks off or does not end is no failure: the answer is there.
    with contextlib.suppress(OSError, http.client.HTTPException):
        while len(body) < _BODY and (part := answer.read1(_BODY - len(body))):
            body += part
    return Response(answer.status, answer.getheaders(), body)


class _Until(io.RawIOBase):
    """A socket that is read until a time, however slowly it answers."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self.end = end

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


@contextlib.contextmanager
def _what_is_in_the_way(kind_of: Callable[[Exception], str], proxied: bool) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        kind = kind_of(error)
        if proxied and kind in ("dns", "refused"):
            kind = "proxy"
        said = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else getattr(error, "strerror", None)
        # What a proxy said has no other place. Once the request is on its way, an error's own text may hold the URI.
        said = said or (str(error) if kind == "proxy" else type(error).__name__)
        raise TransportError(kind, said) from None


def _unconnected(error: Exception) -> str:
    """Nothing was sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "tls" if error.verify_code in _DATES else "certificate"
    cases = ((socket.gaierror, "dns"), (ssl.SSLError, "tls"), (TimeoutError, "connect-timeout"), (http.client.HTTPException, "proxy"))
    return next((case for kind, case in cases if isinstance(error, kind)), "refused")


def _connected(error: Exception) -> str:
    """It may have arrived."""
    cases = ((TimeoutError, "timeout"), ((ConnectionError, ssl.SSLError, http.client.HTTPException), "reset"))
    return next((case for kind, case in cases if isinstance(error, kind)), "other")
