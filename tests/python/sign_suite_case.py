"""Signs one case of the Signature Version 4 suite with the component and prints what came of it, as JSON.

Usage: sign_suite_case.py SIGNER.WASM SIGV4-CASES.JSON CASE-ID
"""

import calendar
import json
import sys
import time

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant


def record(**fields):
    """A WIT record: its field names have hyphens where Python's have underscores."""
    made = Record()
    for name, value in fields.items():
        setattr(made, name.replace("_", "-"), value)
    return made


def main():
    wasm, cases, case_id = sys.argv[1:]
    with open(cases, encoding="utf-8") as file:
        case = next(case for case in json.load(file)["cases"] if case["id"] == case_id)
    asked = case["request"]

    engine = Engine()
    store = Store(engine)
    # The linker stays empty: the component imports nothing but its own types.
    instance = Linker(engine).instantiate(store, Component.from_file(engine, wasm))
    interface = instance.get_export_index(store, "cfn:sigv4/signing@0.1.0")

    def call(name, *arguments):
        function = instance.get_func(store, instance.get_export_index(store, name, interface))
        result = function(store, *arguments)
        if isinstance(result, Variant):  # an error
            sys.exit(f"{name}: {result.tag}: {result.payload}")
        return result

    credentials = asked["credentials"]
    signed_at = calendar.timegm(time.strptime(asked["datetime"], "%Y-%m-%dT%H:%M:%SZ"))
    arguments = (
        record(
            method=asked["method"],
            uri=asked["url"],
            headers=[tuple(header) for header in asked["headers"]],
            # The variant's cases differ in type, and so need no tag here.
            payload=asked["body"].encode(),
        ),
        record(
            id=credentials["access_key_id"],
            secret=credentials["secret_access_key"],
            session_token=credentials["session_token"],
            expires_at=None,
        ),
        record(region=asked["region"], service=asked["service"], signed_at=signed_at),
        None,
    )
    signed = call("[method]signer.sign", call("[constructor]signer"), *arguments)
    explained = call("explain", *arguments)
    print(json.dumps({"signature": signed.signature, **vars(explained)}))


main()
