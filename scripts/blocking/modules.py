"""Which module is made of which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import agilekit
from scripts.blocking.module_text import Made, client_package, module_text
from scripts.blocking.source import Source

__all__ = ["ROOT", "texts"]

ROOT: Final = Path(agilekit.__file__).parent
_CLIENTS: Final = {
    "flyingdonut": "FlyingDonut",
    "flow": "Flow",
    "easybacklog": "EasyBacklog",
    "kanbantool": "KanbanTool",
}
_FUNCTIONS: Final = {
    "exporter": ("export.exporter",),
    "stream": ("export.stream",),
    "shards": ("export.shards",),
    "dask": ("dask.exporter", "dask.creator"),
}
"""The modules of functions, each with those that it is made of."""


def texts() -> dict[Path, str]:
    """What each generated file holds."""
    all_made = list(_made())
    found = {made.path: module_text(made, all_made) for made in all_made}
    for service, client in _CLIENTS.items():
        found[ROOT / "blocking" / service / "__init__.py"] = client_package(service, client)
    return found


def _made() -> Iterator[Made]:
    yield Made("blocking.client", [_source("session.client")], ["Client"])
    for service, name in _CLIENTS.items():
        client = _source(f"{service}.client")
        resources = client.resources()
        for resource, module in resources.items():
            yield Made(f"blocking.{module}", [_source(module)], [resource])
        yield Made(f"blocking.{service}.client", [client], [name], resources)
    for target, sources in _FUNCTIONS.items():
        yield Made(f"blocking.{target}", [_source(one) for one in sources])


def _source(module: str) -> Source:
    return Source(module, (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
