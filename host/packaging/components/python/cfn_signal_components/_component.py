"""The component in wasmtime: one compilation for the process, one instance for each use."""

from __future__ import annotations

import functools
import pathlib
from typing import Any

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, ResourceAny, Variant

_HERE = pathlib.Path(__file__).parent
#: What is imported and exported differs; see docs/embedding.md and the WIT in each.
SIGNER, CLIENT, CLIENT_P3, COMMAND = (_HERE / f"{name}.wasm" for name in ("signer", "client", "client-p3", "command"))

# A delivery with all that it is handed needs a fraction of it.
_MEMORY = 8 << 20


def record(**fields: Any) -> Record:
    """A WIT record: its fields' names have hyphens where Python's have underscores."""
    made = Record()
    made.__dict__.update({name.replace("_", "-"): value for name, value in fields.items()})
    return made


def key(id: str, secret: str, session_token: str | None, expires_at: int | None) -> Record:
    return record(id=id, secret=secret, session_token=session_token, expires_at=expires_at)


@functools.lru_cache(maxsize=1)
def _compiled() -> tuple[Engine, Component]:
    engine = Engine()
    return engine, Component.from_file(engine, str(SIGNER))


class Instance:
    """An instance of the signer, which imports nothing. Not for two threads at a time."""

    def __init__(self, interface: str) -> None:
        engine, component = _compiled()
        self._store = Store(engine)
        self._store.set_limits(memory_size=_MEMORY)
        self._instance = Linker(engine).instantiate(self._store, component)
        self._interface = self._instance.get_export_index(self._store, interface)

    def call(self, name: str, *arguments: Any) -> Any:
        index = self._instance.get_export_index(self._store, name, self._interface)
        function = None if index is None else self._instance.get_func(self._store, index)
        if function is None:
            raise RuntimeError(f"the component has no {name}")
        return function(self._store, *arguments)

    def drop(self, resource: ResourceAny) -> None:
        """What it knew of keys is overwritten."""
        resource.drop(self._store)


def failed(result: Any) -> bool:
    """Whether that is the error of WIT's result; its success is no variant."""
    return isinstance(result, Variant)
