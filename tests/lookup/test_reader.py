"""Reading what there is: all of it, only what leads to it, and as each format shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agilekit.errors import CallError, InvalidInput, NotFound
from agilekit.lookup import HIERARCHIES, Item, ItemKind, ItemReader
from agilekit.lookup.item import Id
from agilekit.sandbox import Faults, Sandbox
from tests.lookup.looking import WAYS, Format, donut_behind, found, kanban_behind, reader_of

pytestmark = pytest.mark.anyio

OID = "66b1d2a05eed0a61000000%02d"


def shown(items: Sequence[Item]) -> list[tuple[str, object, str, str]]:
    return [(one.kind.one, one.id, one.title, one.state) for one in items]


@pytest.mark.quick(4)
@pytest.mark.parametrize(("name", "format"), WAYS)
async def test_everything_in_a_service_is_found_with_its_containers(
    name: str, format: Format
) -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, name, format) as reader:
        items = await reader.below(reader.hierarchy.kinds)
    assert {item.kind for item in items} == {*reader.hierarchy.kinds}
    for item in items:
        assert item.within is None or items.index(item.within) < items.index(item)
    async with reader_of(sandbox, name, "json") as reader:
        assert shown(await reader.below(reader.hierarchy.kinds)) == shown(items)


READS = [
    ("flyingdonut", "buckets", 1),
    ("flyingdonut", "cards", 1 + 2 + 1 + 3),  # buckets, cards of 2; sprints, cards of 3
    ("flow", "projects", 1),
    ("flow", "columns", 1 + 3),
    ("flow", "members", 1),
    ("easybacklog", "backlogs", 1 + 1),
    ("easybacklog", "themes", 1 + 1 + 3),
    ("kanbantool", "boards", 1),
    ("kanbantool", "stages", 1 + 2),
]


@pytest.mark.quick(3)
@pytest.mark.parametrize(("name", "kind", "reads"), READS)
async def test_only_what_leads_to_a_kind_is_read(name: str, kind: str, reads: int) -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, name) as reader:
        wanted = reader.hierarchy.kind(kind)
        items = await reader.all([wanted] if wanted else [])
    assert items
    assert {item.kind for item in items} == {wanted}
    assert sandbox.count("GET") == sandbox.count() == reads


async def test_a_board_is_read_once_for_all_that_it_is_divided_into() -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, "kanbantool") as reader:
        await reader.below(reader.hierarchy.overview)
    assert sandbox.count() == 1 + 2


async def test_the_containers_are_read_at_once() -> None:
    """What is read does not depend on the order in which the answers come."""
    slow = Sandbox("demo", faults=Faults(latency=0.02))
    async with reader_of(slow, "flow") as reader:
        items = await reader.below(reader.hierarchy.overview)
    async with reader_of(Sandbox("demo"), "flow") as reader:
        assert shown(await reader.below(reader.hierarchy.overview)) == shown(items)


async def test_an_error_in_one_container_is_the_error_of_all() -> None:
    bucket = {"id": {"$oid": OID % 1}, "title": "Ready"}
    async with donut_behind({"/backlog/buckets": [bucket], "/sprints": []}) as client:
        reader = ItemReader(client, HIERARCHIES["flyingdonut"])
        with pytest.raises(NotFound):
            await found(reader, "Ready/x", "cards")


async def test_what_is_refused_in_one_container_need_not_be_the_error_of_all() -> None:
    """Who may see a board need not see who else may."""
    answers = {
        "/boards.json": [{"board": {"id": id, "name": f"Board {id}"}} for id in (7, 8)],
        "/boards/7.json": {"board": {"id": 7, "swimlanes": [{"id": 4, "name": "Fast"}]}},
        "/boards/8/users.json": [{"id": 1, "user_id": 6, "user": {"id": 6, "name": "Jane"}}],
    }
    unread: list[tuple[str, CallError]] = []
    async with kanban_behind(answers) as client:
        reader = ItemReader(client, HIERARCHIES["kanbantool"])
        boards, lanes, _, _, users, tasks, *_ = reader.hierarchy.kinds

        def note(item: Item, error: CallError) -> None:
            unread.append((item.title, error))

        async def told(*kinds: ItemKind[Any], at: Item | None = None) -> list[Id]:
            unread.clear()
            return [one.id for one in await reader.below(kinds, at, on_unread=note)]

        assert await told(lanes, users) == [7, 4, 8, 6]
        assert {title for title, _ in unread} == {"Board 7", "Board 8"}
        assert await told(lanes) == [7, 4, 8]
        assert [title for title, _ in unread] == ["Board 8"]
        first, _ = await reader.all([boards])
        assert await told(lanes, users, at=first) == [4]
        with pytest.raises(NotFound):
            await told(tasks, at=first)
        with pytest.raises(NotFound):
            await reader.below([lanes])


async def test_a_stage_without_a_name_is_left_out_only_if_it_is_the_root() -> None:
    """As in the document's "Viewing board structure and settings", typed by hand."""
    board = {
        "board": {
            "id": 7,
            "name": "Upkeep",
            "workflow_stages": [
                {"id": 1, "name": None, "parent_id": None},
                {"id": 2, "name": None, "parent_id": 1},
                {"id": 3, "name": "Done", "parent_id": 1},
            ],
            "swimlanes": [{"id": 4, "name": ""}],
            "card_types": [{"id": 5, "name": "Bug", "is_disabled": True}],
        }
    }
    answers = {"/boards.json": [{"board": {"id": 7, "name": "Upkeep"}}], "/boards/7.json": board}
    async with kanban_behind(answers) as client:
        reader = ItemReader(client, HIERARCHIES["kanbantool"])
        items = await reader.below(reader.hierarchy.overview)
    assert shown(items) == [
        ("board", 7, "Upkeep", ""),
        ("swimlane", 4, "", ""),
        ("stage", 2, "", ""),
        ("stage", 3, "Done", ""),
        ("card type", 5, "Bug", "disabled"),
    ]


async def test_a_full_entity_has_what_no_list_shows() -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, "kanbantool") as reader:
        item = await found(reader, "Lighthouse upkeep/Polish the lens", "tasks")
        assert getattr(item.entity, "comments", ()) is None
        assert len(getattr(await reader.full(item), "comments", ())) == 2
        stage = await found(reader, "Lighthouse upkeep/Checks", "stages")
        assert await reader.full(stage) is stage.entity


async def test_flow_tells_that_its_lists_hide_tasks() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.flow
    (project,) = board.projects.values()
    done = board.columns_of(project)[-1]
    kind = board.task_types[project.task_types[0]]
    async with reader_of(sandbox, "flow") as reader:
        tasks = reader.hierarchy.subject
        for number in range(51):
            board.add_task(project, f"Task {number}", column=done, task_type=kind)
            entities = [item.entity for item in await reader.all([tasks])] if number > 47 else []
            assert bool(tasks.gap(entities)) == (number >= 49)
            # So nothing is said not to be there of which only the list tells.
            if number > 47:
                with pytest.raises(InvalidInput) as caught:
                    await found(reader, f"{project.id}/Hidden", "tasks")
                assert str(caught.value).endswith("there may be more") == (number >= 49)
