"""Small files of a folder that hold one object of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from agilekit.export.target.store import Store, Write

__all__ = ["filled_with", "read_object"]


def read_object(store: Store, name: str) -> dict[str, object] | None:
    """The object in a file: None if there is no file, empty if it holds no object."""
    try:
        with store.open(name) as stream:
            found: object = json.loads(stream.read())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        found = None
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def filled_with(data: Mapping[str, object]) -> Write:
    content = json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
    return lambda stream: stream.write(content)
