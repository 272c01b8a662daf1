"""What dlt's state keeps of each project."""

from __future__ import annotations

import json

from agilekit.dlt.watermarks import known, remember
from agilekit.export import manifest
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectRef


def entry(revision: str | None) -> ProjectEntry:
    ref = ProjectRef("flow", "flow.example", "a b", "https://flow.example", revision=revision)
    data = ref.data({}, title=None)
    return manifest.complete(data, "1.5", manifest.digests(data))


def test_a_watermark_is_known_with_its_load_by_the_tables_that_were_loaded() -> None:
    state: dict[str, object] = {}
    remember(state, entry("version 1"))
    state = json.loads(json.dumps(state))
    tables = frozenset(entry("version 1")["tables"] or ())
    assert known(state, tables) == {("flow", "flow.example", "a b"): ("version 1", "1.5")}
    assert known(state, tables - {"cards"}) == {}
    assert known({}, tables) == {}


def test_a_project_without_a_watermark_is_forgotten() -> None:
    state: dict[str, object] = {}
    remember(state, entry("version 1"))
    remember(state, entry(None))
    assert state == {"projects": {}}
