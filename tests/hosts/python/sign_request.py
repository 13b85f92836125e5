"""Signs a request with signer.wasm and prints the signature. It sends nothing, and the component could not.

Usage: sign_request.py SIGNER.WASM REQUEST.JSON
"""
import json, sys
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant

def record(**fields):  # a WIT record: its field names have hyphens where Python's have underscores
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made

wasm, asked = sys.argv[1:]
with open(asked, encoding="utf-8") as file:
    asked = json.load(file)
engine = Engine()
store = Store(engine)
instance = Linker(engine).instantiate(store, Component.from_file(engine, wasm))  # it imports nothing but types
interface = instance.get_export_index(store, "cfn:sigv4/signing@0.1.0")

def call(name, *arguments):
    function = instance.get_func(store, instance.get_export_index(store, name, interface))
    return function(store, *arguments)

signer = call("[constructor]signer")  # keep it: the next signature of a day, region and service costs a fraction
signed = call(
    "[method]signer.sign",
    signer,
    # The payload's cases differ in their Python types, and so need no tag: bytes are hashed.
    record(method=asked["method"], uri=asked["url"], headers=[tuple(it) for it in asked["headers"]], payload=asked["body"].encode()),
    record(id=asked["access-key-id"], secret=asked["secret-access-key"], session_token=None, expires_at=None),
    record(region=asked["region"], service=asked["service"], signed_at=asked["signed-at"]),
    None,  # or settings, which Amazon S3 needs: call("[static]signing-settings.s3")
)
signer.drop(store)  # which overwrites the keys that it derived
if isinstance(signed, Variant):  # the error of WIT's result; its success is the record itself
    sys.exit(f"{signed.tag}: {signed.payload}")
print(signed.signature)  # signed.headers is what to add to the request
