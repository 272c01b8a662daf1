"""The targets of this library, each by a name, as the kit for targets asks for them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from agilekit.export import Target
from agilekit.export.target.open_target import open_target
from tests.sizes import FULL

# Each step on DuckDB opens its file anew.
_ALL: Final = (".sqlite", ".jsonl", ".zst", ".parquet", ".csv", ".duckdb", "fsspec")
ENDINGS: Final = _ALL if FULL else tuple(one for one in _ALL if one != ".duckdb")


def made(folder: Path, ending: str, name: str) -> Target:
    if ending == "fsspec":
        return open_target(f"local://{folder}/{name}")
    return open_target(folder / f"{name}{ending}")


def made_in_postgres(url: str, name: str) -> Target:
    """url: of a schema, whose name is the beginning of that of others."""
    return open_target(f"{url}_{sha256(name.encode()).hexdigest()[:8]}")
