"""Delivers a signal with client.wasm: it waits, sends over wasi:http and decides. This script says whom to sign as.

Usage: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_client.py CLIENT.WASM ENDPOINT REGION STACK RESOURCE ID
"""
import os, sys
from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Record, Variant

def record(**fields):  # a WIT record: its field names have hyphens where Python's have underscores
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made

def credentials(store, request):  # request.freshness "renewed" asks for others than the last ones, where there are any
    try:
        id, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    except KeyError as missing:  # "temporary" would be asked again
        return Variant("err", Variant("permanent", f"the environment has no {missing}"))
    token = os.environ.get("AWS_SESSION_TOKEN")
    return Variant("ok", Variant("access-key", record(id=id, secret=secret, session_token=token, expires_at=None)))

wasm, endpoint, region, stack, resource, unique_id = sys.argv[1:]
engine = Engine()
linker = Linker(engine)
linker.add_wasip2()
linker.add_wasi_http()
with linker.root() as root, root.add_instance("cfn:signal/credentials@0.1.0") as instance:
    instance.add_func("get", credentials)
store = Store(engine)
store.set_wasi(WasiConfig())  # no files, no environment, no arguments
store.set_wasi_http()
instance = linker.instantiate(store, Component.from_file(engine, wasm))

def call(interface, name, *arguments):
    index = instance.get_export_index(store, f"cfn:signal/{interface}@0.1.0")
    return instance.get_func(store, instance.get_export_index(store, name, index))(store, *arguments)

options = call("delivery", "[constructor]delivery-options")  # with None in its place, the region's own endpoint
call("delivery", "[method]delivery-options.set-endpoint-url", options, endpoint)
target = record(stack=stack, logical_id=resource, region=region)  # a handle's URL would be a string
signal = record(status="success", unique_id=unique_id, reason=None, data=None)
outcome = call("signaler", "deliver", signal, target, options)
options.drop(store)  # a host that keeps its store has to
if isinstance(outcome, Variant):  # the error of WIT's result; its success is the record itself
    sys.exit(f"{outcome.tag}: {outcome.payload}")
print(f"{outcome.kind}: {outcome.message}")
sys.exit(outcome.kind != "delivered")
