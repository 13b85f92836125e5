"""The Python package of the components, used as whoever installed it: use_components.py REQUEST.JSON INSTANCE HANDLE CERTIFICATE KEY.

The environment is that of `cfn-rehearse serve`, whose first answer is that it is too busy. The certificate is nobody's whom one trusts.
"""

import json
import os
import socket
import ssl
import sys
import threading
import time

from cfn_signal_components import (
    CLIENT,
    CLIENT_P3,
    SIGNER,
    AccessKey,
    Http,
    NoIdentity,
    Options,
    PrepareError,
    Signal,
    Signer,
    SignError,
    StackResource,
    WaitHandle,
    deliver,
)

request, instance, handle, certificate, private_key = sys.argv[1:]
with open(request, encoding="utf-8") as file:
    asked = json.load(file)
ENDPOINT, REGION = os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"]
SERVER = StackResource("used", "Server", REGION)


def signs():
    key = AccessKey(asked["access-key-id"], asked["secret-access-key"])
    assert key.secret not in repr(key)
    what = {name: asked[name] for name in ("method", "url", "region", "service")}
    with Signer() as signer:
        signed = signer.sign(**what, key=key, headers=map(tuple, asked["headers"]), body=asked["body"].encode(), signed_at=asked["signed-at"])
        assert signed.signature == asked["expected-signature"], signed
        link = signer.sign("GET", "https://b.s3.amazonaws.com/a%20b", key=key, region=REGION, service="s3", body=None, s3=True, presigned_for=60)
        assert "X-Amz-Expires=60" in link.uri and not link.headers, link.uri
        try:
            raise AssertionError(signer.sign(**{**what, "url": "nonsense"}, key=key))
        except SignError as error:
            assert error.kind == "invalid-uri", error
    try:
        raise AssertionError(signer.sign(**what, key=key))
    except ValueError as error:
        assert "closed" in str(error), error


def refuses():
    for signal, what in ((Signal(""), "unique-id"), (Signal("i", data="x" * 5000), "too-large")):
        try:
            raise AssertionError(deliver(signal, WaitHandle("https://h.s3.amazonaws.com/x?y=z")))
        except PrepareError as error:
            assert error.what == what, error
    mistakes = (
        (lambda: Signal(instance, "SUCCESS"), "success or failure, not SUCCESS"),
        (lambda: StackResource("used", "Server", None), "region is to be str, not NoneType"),
        (lambda: Options(deadline="60"), "deadline is to be Optional[float], not str"),
        (lambda: deliver(Signal(instance), handle), "a StackResource or a WaitHandle is needed, not str"),
        (lambda: deliver(Signal(instance), SERVER, identity=lambda _request: None), "an AccessKey or an InstanceDocument is needed, not NoneType"),
    )
    for mistake, said in mistakes:
        try:
            raise AssertionError(mistake())
        except (TypeError, ValueError) as error:
            assert said in str(error), error

    def nobody(_request):
        raise NoIdentity("there is nobody", permanent=True)

    outcome = deliver(Signal(instance), SERVER, identity=nobody, options=Options(endpoint_url=ENDPOINT))
    assert outcome.kind == "credentials" and "there is nobody" in outcome.message and outcome.attempts == 0, outcome


def fails(says, endpoint, **more):
    options = Options(endpoint_url=endpoint, max_attempts=1, deadline=20, attempt_timeout=more.pop("timeout", 5))
    outcome = deliver(Signal(instance), SERVER, options=options, **more)
    assert outcome.kind == "unreachable" and says in outcome.message, outcome
    assert "AKI" not in outcome.message, outcome


class Peer:
    """A server that does `what` with each connection."""

    def __init__(self, what, context=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.what, self.context = what, context
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                data = connection.recv(65536)
                self.what(connection, data)
            except OSError:
                pass
            finally:
                connection.close()


def drips(connection, _request):
    for letter in b"HTTP/1.1 200 OK\r\nx-y: " + b"z" * 1000:
        connection.send(bytes([letter]))
        time.sleep(0.05)


def never_ends(connection, _request):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\nx-amzn-requestid: its-own\r\n\r\n<SignalResourceResponse>")
    time.sleep(60)


def tells_what_is_in_the_way():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed = f"http://127.0.0.1:{gone.getsockname()[1]}"
    fails("no connection: Connection refused", closed)
    fails("was not resolved", "http://nowhere.invalid")
    fails("broke", Peer(lambda _connection, _request: None).url)
    started = time.monotonic()
    fails("no answer", Peer(drips).url, timeout=1)
    assert time.monotonic() - started < 15, "whoever drips is waited for"
    # The answer is there, whatever becomes of its body.
    outcome = deliver(Signal(instance), SERVER, options=Options(endpoint_url=Peer(never_ends).url, max_attempts=1))
    assert outcome.delivered and outcome.request_id == "its-own", outcome


def trusts():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private_key)
    secure = Peer(never_ends, context)
    at = secure.url.replace("127.0.0.1", "localhost")
    # No other try can change that: there is none, although as many were allowed as there is time for.
    outcome = deliver(Signal(instance), SERVER, options=Options(endpoint_url=at, deadline=20, base_delay=0.01))
    assert outcome.kind == "unreachable" and outcome.attempts == 1 and "certificate" in outcome.message, outcome
    trusting = Http(ssl.create_default_context(cafile=certificate))
    outcome = deliver(Signal(instance), SERVER, options=Options(endpoint_url=at, max_attempts=1), send=trusting)
    assert outcome.delivered, outcome


def goes_through_a_proxy():
    seen = []

    def proxy(connection, request):
        seen.append(request)
        connection.sendall(b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n")

    os.environ["https_proxy"] = os.environ["http_proxy"] = Peer(proxy).url.replace("//", "//me:secret@")
    try:
        fails("proxy", "https://somewhere.invalid")
        deliver(Signal(instance), SERVER, options=Options(endpoint_url="http://somewhere.invalid", max_attempts=1))
    finally:
        del os.environ["https_proxy"], os.environ["http_proxy"]
    assert seen[0].startswith(b"CONNECT somewhere.invalid:443 ") and b"Basic bWU6c2VjcmV0" in seen[0], seen
    assert b" http://somewhere.invalid/" in seen[1].split(b"\r\n")[0] and b"Basic bWU6c2VjcmV0" in seen[1], seen


def delivers():
    pauses = []
    outcome = deliver(Signal(instance), SERVER, options=Options(endpoint_url=ENDPOINT, base_delay=0.01), on_pause=pauses.append)
    assert outcome.delivered and outcome.attempts == 2, outcome
    assert [pause.reason for pause in pauses] == ["AWS answered 400 Throttling: Rate exceeded"], pauses
    outcome = deliver(Signal("once", data="from Python"), WaitHandle(handle))
    assert outcome.delivered, outcome


assert all(file.stat().st_size for file in (SIGNER, CLIENT, CLIENT_P3))
signs()
refuses()
tells_what_is_in_the_way()
trusts()
goes_through_a_proxy()
delivers()
