"""The tables of what lies in what."""

from __future__ import annotations

from typing import Any

import pytest

from agilekit.lookup import HIERARCHIES
from agilekit.lookup.item import Hierarchy
from agilekit.services import SERVICES
from tests.each import each

CREATED = [
    (name, kind, one.spec.container)
    for name, service in SERVICES.items()
    for kind, one in service.kinds.items()
]


def test_every_service_has_a_table() -> None:
    assert list(HIERARCHIES) == list(SERVICES)


@each(("name", "kind", "container"), CREATED)
def test_whatever_is_created_lies_in_something_of_a_table(
    name: str, kind: str, container: tuple[str, ...]
) -> None:
    hierarchy = HIERARCHIES[name]
    if not container:
        return
    found = hierarchy.kind_of_one(container[-1])
    assert hierarchy.placeholder(found) == "/".join(container).upper()
    assert found.ids == len(container)
    created = hierarchy.kind(kind)
    assert created is not None
    assert found in hierarchy.containers_of([created])


@each("hierarchy", HIERARCHIES.values(), ids=list(HIERARCHIES))
def test_a_table_has_each_kind_once_and_leads_to_all_of_them(hierarchy: Hierarchy[Any]) -> None:
    names = [kind.name for kind in hierarchy.kinds]
    assert len(names) == len({*names})
    assert {*hierarchy.overview} <= {*hierarchy.kinds}
    assert hierarchy.subject.is_content
    assert hierarchy.subject.get is not None
    roots = {
        kind for branch in hierarchy.branches if branch.within is None for kind in branch.kinds
    }
    for kind in hierarchy.kinds:
        assert kind in roots or hierarchy.ancestors_of([kind]) & roots
        # What the service finds by several ids lies in one kind of container.
        assert kind.ids == 1 or len(hierarchy.containers_of([kind])) == 1
        assert kind.ids == 1 or kind.get is not None


def test_an_unknown_kind_is_none() -> None:
    assert HIERARCHIES["flow"].kind("boards") is None
    with pytest.raises(KeyError):
        HIERARCHIES["flow"].kind_of_one("board")
