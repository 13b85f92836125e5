"""Delivers a signal with signer.wasm: what to send is decided inside, urllib sends it.

Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_signer.py SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID
"""
import os, random, sys, time, urllib.error, urllib.request
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):  # redirects are the component's business
        return None

def record(**fields):  # a WIT record: its field names have hyphens where Python's have underscores
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made

def send(request, milliseconds):  # the event that answers the step
    out = urllib.request.Request(request.uri, request.body or None, dict(request.headers), method=request.method)
    try:
        answer = urllib.request.build_opener(Stay).open(out, timeout=milliseconds / 1000)
    except urllib.error.HTTPError as error:
        answer = error  # an answer all the same
    except OSError as error:
        return Variant("failed", Variant("timeout" if isinstance(error, TimeoutError) else "other"))
    return Variant("response", record(status=answer.status, headers=answer.headers.items(), body=answer.read(65536)))

wasm, endpoint, region, stack, resource, unique_id = sys.argv[1:]
engine = Engine()
store = Store(engine)
instance = Linker(engine).instantiate(store, Component.from_file(engine, wasm))
interface = instance.get_export_index(store, "cfn:signal/delivery@0.1.0")

def call(name, *arguments):
    function = instance.get_func(store, instance.get_export_index(store, name, interface))
    result = function(store, *arguments)
    function.post_return(store)
    return result

target = record(stack=stack, logical_id=resource, region=region, endpoint_variant="standard", endpoint_url=endpoint)
signal = record(status="success", unique_id=unique_id, reason=None, data=None)
machine = call("[static]delivery.prepare", signal, target, call("default-policy"), random.getrandbits(64))
if isinstance(machine, Variant):
    sys.exit(f"{machine.tag}: {machine.payload}")
event, begun = Variant("start"), time.monotonic()
while (step := call("[method]delivery.next", machine, event, int(time.time() * 1000), int((time.monotonic() - begun) * 1000))).tag != "done":
    if step.tag == "need-identity":
        key = record(id=os.environ["AWS_ACCESS_KEY_ID"], secret=os.environ["AWS_SECRET_ACCESS_KEY"])
        key.__dict__.update({"session-token": os.environ.get("AWS_SESSION_TOKEN"), "expires-at": None})
        event = Variant("identity", Variant("access-key", key))
    elif step.tag == "send":
        event = send(step.payload.request, step.payload.timeout)
    else:
        time.sleep(step.payload / 1000)
        event = Variant("waited")
print(f"{step.payload.kind}: {step.payload.message}")
sys.exit(step.payload.kind != "delivered")
