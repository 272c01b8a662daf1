"""What dlt's state keeps of each project: its watermark, its tables, and the load that wrote it.

A project that has no watermark, because nothing tells of all its changes, is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Final, TypedDict, cast

from agilekit.export.manifest import ProjectEntry, key_of
from agilekit.export.table import ProjectKey

__all__ = ["known", "remember"]

_PROJECTS: Final = "projects"


class _Remembered(TypedDict):
    watermark: str
    load: str
    tables: list[str]


def remember(state: MutableMapping[str, object], entry: ProjectEntry) -> None:
    """Keeps what the next extraction has to know of a project."""
    projects = cast("dict[str, _Remembered]", state.setdefault(_PROJECTS, {}))
    name, tables = json.dumps(key_of(entry)), entry["tables"]
    projects.pop(name, None)
    if entry["watermark"] is not None and entry["run"] is not None and tables is not None:
        projects[name] = {
            "watermark": entry["watermark"],
            "load": entry["run"],
            "tables": sorted(tables),
        }


def known(state: Mapping[str, object], tables: frozenset[str]) -> dict[ProjectKey, tuple[str, str]]:
    """The watermark and the load of each project that was loaded with exactly these tables."""
    projects = cast("dict[str, _Remembered]", state.get(_PROJECTS, {}))
    return {
        cast("ProjectKey", tuple(json.loads(name))): (one["watermark"], one["load"])
        for name, one in projects.items()
        if tables == frozenset(one["tables"])
    }
