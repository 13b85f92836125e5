"""Delivers a signal with signer.wasm: what to send is decided inside, http.client sends it.

Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_signer.py SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID
"""
import contextlib, http.client, os, random, socket, ssl, sys, time, urllib.parse
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant

# Which error is which case of WIT's: no request can have arrived before the connection was open, and one may have after.
CONNECTING = {socket.gaierror: "dns", ssl.SSLError: "tls", TimeoutError: "connect-timeout", OSError: "refused"}
CONNECTED = {TimeoutError: "timeout", ConnectionError: "reset", http.client.HTTPException: "reset", OSError: "other"}

def record(**fields):  # a WIT record: its field names have hyphens where Python's have underscores
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made

def send(attempt):  # the event that answers the step
    request, url, end = attempt.request, urllib.parse.urlsplit(attempt.request.uri), time.monotonic() + attempt.timeout / 1000
    errors, connect = CONNECTING, http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    with contextlib.closing(connect(url.netloc, timeout=getattr(attempt, "connect-timeout") / 1000)) as connection:
        try:
            connection.connect()
            errors = CONNECTED
            connection.sock.settimeout(max(end - time.monotonic(), 0.001))
            connection.request(request.method, url._replace(scheme="", netloc="").geturl(), request.body or None, dict(request.headers))
            answer = connection.getresponse()  # as it came: redirects are the component's business
            return Variant("response", record(status_code=answer.status, headers=answer.getheaders(), body=answer.read(65536)))
        except tuple(errors) as error:  # no message: it may hold the URI
            case = next(case for kind, case in errors.items() if isinstance(error, kind))
            return Variant("failed", Variant(case, None if case.endswith("timeout") else type(error).__name__))

wasm, endpoint, region, stack, resource, unique_id = sys.argv[1:]
store = Store(engine := Engine())
instance = Linker(engine).instantiate(store, Component.from_file(engine, wasm))  # it imports nothing but types
interface = instance.get_export_index(store, "cfn:signal/delivery@0.1.0")
call = lambda name, *arguments: instance.get_func(store, instance.get_export_index(store, name, interface))(store, *arguments)
options = call("[constructor]delivery-options")  # with None in its place, the region's own endpoint
call("[method]delivery-options.set-endpoint-url", options, endpoint)
signal, target = record(status="success", unique_id=unique_id, reason=None, data=None), record(stack=stack, logical_id=resource, region=region)
delivery = call("[static]signal-delivery.prepare", signal, target, options, random.getrandbits(64))
if isinstance(delivery, Variant):  # the error of WIT's result; its success is the resource itself
    sys.exit(f"{delivery.tag}: {delivery.payload}")
id, secret, token = map(os.environ.get, ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
event, begun = Variant("start"), time.monotonic()
while (step := call("[method]signal-delivery.next", delivery, event, int(time.time() * 1000), int((time.monotonic() - begun) * 1000))).tag != "done":
    if step.tag == "send":
        event = send(step.payload)
    elif step.tag == "wait":
        print(step.payload.reason, file=sys.stderr)
        time.sleep(step.payload.duration / 1000)
        event = Variant("waited")
    elif id and secret:
        event = Variant("identity", Variant("access-key", record(id=id, secret=secret, session_token=token, expires_at=None)))
    else:
        event = Variant("no-identity", Variant("permanent", "the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
delivery.drop(store), options.drop(store)  # which nothing else does as long as the store is there
print(f"{step.payload.kind}: {step.payload.message}")
sys.exit(step.payload.kind != "delivered")
