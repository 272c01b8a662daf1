"""From an id, a name or a path to one thing, and never to one of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from agilekit import InvalidInput
from agilekit.cli.terminal import one_line
from agilekit.lookup import HIERARCHIES, ItemReader, by_ids, resolve
from agilekit.sandbox import Sandbox
from tests.each import each
from tests.lookup.looking import WAYS, Format, donut_behind, found, reader_of

pytestmark = pytest.mark.anyio

OID = "66b1d2a05eed0a61000000{:02d}"
MEANT: Mapping[str, Sequence[tuple[str, str, object]]] = {
    "flyingdonut": [
        ("Someday", "buckets", "66b1d2a05eed0a6100000003"),
        (" someDAY ", "buckets", "66b1d2a05eed0a6100000003"),
        ("Default/Night mode", "cards", "66b1d2a05eed0a610000001c"),
        ("sprint 3: visitors/book a guided tour", "cards", "66b1d2a05eed0a6100000018"),
        (
            "Default/Show the weather beside the log/Find a free forecast",
            "tasks",
            "66b1d2a05eed0a610000001b",
        ),
    ],
    "flow": [
        ("Old Pier", "projects", 3),
        ("Tower Repairs/paint drying", "columns", 9),
        ("2/Paint drying", "columns", 9),
        ("Liv Berg", "members", 3),
        ("Old Pier/Moor the boat", "tasks", 22),
    ],
    "easybacklog": [
        ("Lighthouse keepers", "accounts", 33),
        ("Old oil lamp", "backlogs", 362),
        ("wick", "themes", 1148),
        ("Old oil lamp/Wick", "themes", 1148),
        ("Lighthouse keepers/Old oil lamp/Wick", "themes", 1148),
        ("33/362/1148", "themes", 1148),
        ("33/Old oil lamp/Wick", "themes", 1148),
        ("Sprint 2", "sprints", 225),
        ("Lamp/dim it by daylight", "stories", 3165),
        ("1132/dim it by daylight", "stories", 3165),
    ],
    "kanbantool": [
        ("Visitors' day", "boards", 11662),
        ("lighthouse upkeep/grounds", "swimlanes", 11612),
        ("Coast guard", "stages", 11617),
        ("Visitors' day/Choose the day", "tasks", 11682),
        ("Lighthouse upkeep/Polish the lens/Upper prisms", "subtasks", 11625),
        ("Lighthouse upkeep/11621/Upper prisms", "subtasks", 11625),
    ],
}


@pytest.mark.quick(4)
@pytest.mark.parametrize(("name", "format"), WAYS)
async def test_a_name_or_a_path_leads_to_its_one_thing(name: str, format: Format) -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, name, format) as reader:
        for given, kind, id in MEANT[name]:
            assert (await found(reader, given, kind)).id == id, given
    assert sandbox.count() == sandbox.count("GET")


BY_IDS = [
    ("flyingdonut", "buckets", "0" * 24, ("0" * 24,)),
    ("flyingdonut", "tasks", " 7 ", ("7",)),
    ("flow", "projects", "16", (16,)),
    ("easybacklog", "themes", "007", (7,)),
    ("kanbantool", "tasks", "7/345", (7, 345)),
    ("kanbantool", "subtasks", "7/345/1", (7, 345, 1)),
]


@each(("name", "kind", "given", "ids"), BY_IDS)
def test_what_the_service_finds_by_its_ids_needs_no_reader(
    name: str, kind: str, given: str, ids: tuple[object, ...]
) -> None:
    wanted = HIERARCHIES[name].kind(kind)
    assert wanted is not None
    item = by_ids(HIERARCHIES[name], given, wanted)
    assert item is not None
    assert tuple(item.address) == ids


@pytest.mark.quick(2)
@pytest.mark.parametrize(("name", "kind", "given", "ids"), BY_IDS)
async def test_an_id_is_taken_as_it_is_without_a_request(
    name: str, kind: str, given: str, ids: tuple[object, ...]
) -> None:
    sandbox = Sandbox("empty")
    async with reader_of(sandbox, name) as reader:
        assert tuple((await found(reader, given, kind)).address) == ids
    assert sandbox.count() == 0


async def test_no_name_takes_the_place_of_an_id() -> None:
    sandbox = Sandbox("empty")
    year = sandbox.flow.add_project("2024")
    async with reader_of(sandbox, "flow") as reader:
        assert (await found(reader, "2024", "projects")).id == 2024
        assert (await found(reader, '"2024"', "projects")).id == year.id
        with pytest.raises(InvalidInput) as caught:
            await found(reader, "2024", "projects", is_read=True)
    told = "no project has the id 2024; there are: "
    assert str(caught.value).startswith(told)
    assert str(caught.value).endswith("if that is a name, it stands in double quotes: '\"2024\"'")


@each("given", ["0", "9" * 19, "١٢"])
async def test_digits_that_are_no_id_are_a_name(given: str) -> None:
    sandbox = Sandbox("empty")
    project = sandbox.flow.add_project(given)
    async with reader_of(sandbox, "flow") as reader:
        assert (await found(reader, given, "projects")).id == project.id


async def test_an_id_of_unusual_form_is_found_in_the_list_before_any_name() -> None:
    buckets = [{"id": {"$oid": "b-1"}, "title": "b-2"}, {"id": {"$oid": "b-2"}, "title": "x"}]
    async with donut_behind({"/backlog/buckets": buckets}) as client:
        reader = ItemReader(client, HIERARCHIES["flyingdonut"])
        assert (await found(reader, "b-2", "buckets")).id == "b-2"
        assert (await found(reader, '"b-2"', "buckets")).id == "b-1"


async def test_the_exact_name_goes_before_those_that_differ_by_case() -> None:
    sandbox = Sandbox("empty")
    account = sandbox.kanbantool
    exact, *_ = [account.add_board(name) for name in ("Web", "WEB", " web ")]
    async with reader_of(sandbox, "kanbantool") as reader:
        assert (await found(reader, "Web", "boards")).id == exact.id
        with pytest.raises(InvalidInput, match="'web' may be any of 3: Web"):
            await found(reader, "web", "boards")
        assert (await found(reader, '" web "', "boards")).title == " web "


async def test_a_name_is_the_same_however_its_accents_are_written() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.kanbantool.add_board("Cafe\u0301 STRASSE")
    greek = sandbox.kanbantool.add_board("\u0390")  # an iota with two accents
    async with reader_of(sandbox, "kanbantool") as reader:
        assert (await found(reader, "café straße", "boards")).id == board.id
        assert (await found(reader, greek.name.upper(), "boards")).id == greek.id


async def test_a_name_is_found_as_it_is_printed() -> None:
    sandbox = Sandbox("empty")
    board = sandbox.kanbantool.add_board("\tWeb\n\u202eshop \x1b[2J")
    async with reader_of(sandbox, "kanbantool") as reader:
        assert (await found(reader, one_line(board.name), "boards")).id == board.id


async def test_two_things_of_one_name_are_ambiguous_even_if_one_is_archived() -> None:
    sandbox = Sandbox("empty")
    first = sandbox.flow.add_project("Pier")
    second = sandbox.flow.add_project("Pier", archived=True)
    async with reader_of(sandbox, "flow") as reader:
        with pytest.raises(InvalidInput) as caught:
            await found(reader, "Pier", "projects")
    message = str(caught.value)
    assert "'Pier' may be any of 2" in message
    assert f"Pier ({first.id})" in message
    assert f"Pier ({second.id}, archived)" in message


async def test_an_archived_task_of_the_same_name_is_ambiguous_too() -> None:
    sandbox = Sandbox("demo")
    account = sandbox.kanbantool
    board = next(iter(account.boards.values()))
    account.add_task(board, "Trim the wick")
    async with reader_of(sandbox, "kanbantool") as reader:
        with pytest.raises(InvalidInput, match=r"may be any of 2: .*, archived\)"):
            await found(reader, "Lighthouse upkeep/Trim the wick", "tasks")


async def test_one_name_in_two_containers_is_told_apart_by_its_path() -> None:
    sandbox = Sandbox("empty")
    easy = sandbox.easybacklog
    account = easy.accounts[easy.account_id]
    web, shop = easy.add_backlog(account, "Web"), easy.add_backlog(account, "Shop")
    login = [easy.add_theme(backlog, "Login").id for backlog in (web, shop)]
    easy.add_theme(shop, "Web")
    async with reader_of(sandbox, "easybacklog") as reader:
        with pytest.raises(InvalidInput, match="give its id, or more of the path") as caught:
            await found(reader, "Login", "themes")
        assert f"{account.name}/Web/Login ({login[0]})" in str(caught.value)
        assert (await found(reader, "Shop/login", "themes")).id == login[1]
        # Only one of two kinds has it, or both have.
        assert (await found(reader, "Shop", "backlogs", "themes")).kind.one == "backlog"
        with pytest.raises(InvalidInput, match=r"\(backlog \d+\), .*\(theme \d+\)"):
            await found(reader, "Web", "backlogs", "themes")


async def test_a_card_that_is_in_a_bucket_and_a_sprint_of_one_name_is_one_card() -> None:
    card = {"_id": {"$oid": OID.format(9)}, "title": {"value": "Oil", "version": 0}}
    answers = {
        "/backlog/buckets": [{"id": {"$oid": OID.format(1)}, "title": "May"}],
        "/iterations": [{"_id": {"$oid": OID.format(2)}, "title": {"value": "May"}}],
        "/items": [card],
    }
    async with donut_behind(answers) as client:
        reader = ItemReader(client, HIERARCHIES["flyingdonut"])
        assert (await found(reader, "may/oil", "cards")).id == OID.format(9)


async def test_a_slash_in_a_name_stands_in_quotes_where_things_lie_in_each_other() -> None:
    sandbox = Sandbox("empty")
    easy = sandbox.easybacklog
    backlog = easy.add_backlog(easy.accounts[easy.account_id], "Bugs/Features")
    theme = easy.add_theme(backlog, "In/Out")
    board = sandbox.kanbantool.add_board("Bugs/Features")
    async with reader_of(sandbox, "easybacklog") as reader:
        assert (await found(reader, '"Bugs/Features"/"in/out"', "themes")).id == theme.id
        with pytest.raises(InvalidInput, match="no account is called 'Bugs'"):
            await found(reader, "Bugs/Features", "backlogs")
    async with reader_of(sandbox, "kanbantool") as reader:
        assert (await found(reader, "bugs/features", "boards")).id == board.id


READS = [
    ("easybacklog", "Lighthouse keepers", "accounts", 1),
    ("easybacklog", "Old oil lamp", "backlogs", 2),
    ("easybacklog", "Wick", "themes", 2 + 3),  # the themes of every backlog
    ("easybacklog", "Old oil lamp/Wick", "themes", 2 + 1),
    ("easybacklog", "362/Wick", "themes", 1),
    ("easybacklog", "1132/dim it by daylight", "stories", 1),
    ("flyingdonut", "Someday", "buckets", 1),
    ("flyingdonut", "Default/Night mode", "cards", 2 + 1),  # it may be a bucket or a sprint
    ("flow", "Old Pier", "projects", 1),
    ("kanbantool", "Lighthouse upkeep", "boards", 1),
    ("kanbantool", "Lighthouse upkeep/345", "tasks", 1),
    ("kanbantool", "Lighthouse upkeep/Oil the gears", "tasks", 1 + 2),  # and the archive
    ("kanbantool", "11605/Oil the gears", "tasks", 2),
]


@pytest.mark.quick(5)
@pytest.mark.parametrize(("name", "given", "kind", "reads"), READS)
async def test_no_more_is_read_than_may_bear_the_name(
    name: str, given: str, kind: str, reads: int
) -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, name) as reader:
        await found(reader, given, kind)
    assert sandbox.count() == reads


CONTENTS = [
    ("flyingdonut", "cards", "Night mode", "its id, BUCKET/CARD or SPRINT/CARD"),
    ("flow", "tasks", "Night mode", "its id or PROJECT/TASK"),
    ("easybacklog", "criteria", "it works", "its id or STORY/CRITERION"),
    ("kanbantool", "tasks", "345", "BOARD/TASK"),
    ("kanbantool", "subtasks", "Upper prisms", "BOARD/TASK/SUBTASK or TASK/SUBTASK"),
]


@each(("name", "kind", "given", "told"), CONTENTS)
async def test_what_there_may_be_any_number_of_is_not_looked_up_everywhere(
    name: str, kind: str, given: str, told: str
) -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, name) as reader:
        with pytest.raises(InvalidInput) as caught:
            await found(reader, given, kind)
    assert f"is found by {told}, not by '{given}'" in str(caught.value)
    assert sandbox.count() == 0


async def test_a_sprint_of_easybacklog_is_called_by_its_number() -> None:
    sandbox = Sandbox("empty")
    easy = sandbox.easybacklog
    sprint = easy.add_sprint(easy.backlogs[easy.backlog_id], start_on=date(2026, 3, 2))
    async with reader_of(sandbox, "easybacklog", "xml") as reader:
        assert (await found(reader, "sprint 1", "sprints")).id == sprint.id


async def test_one_id_of_two_kinds_is_told_apart_by_a_name() -> None:
    answers = {
        "/backlog/buckets": [{"id": {"$oid": OID.format(1)}, "title": "Ready"}],
        "/iterations": [{"_id": {"$oid": OID.format(1)}, "title": {"value": "May"}}],
    }
    async with donut_behind(answers) as client:
        reader = ItemReader(client, HIERARCHIES["flyingdonut"])
        with pytest.raises(InvalidInput, match=r"any of 2: Ready \(bucket .*; give its name, or"):
            await found(reader, OID.format(1), "buckets", "sprints")


async def test_a_name_alone_may_be_limited_to_some_kinds() -> None:
    sandbox = Sandbox("demo")
    async with reader_of(sandbox, "easybacklog") as reader:
        hierarchy = reader.hierarchy
        outer = hierarchy.container_kinds
        with pytest.raises(InvalidInput, match="no account or backlog is called 'Wick'"):
            await resolve(reader, "Wick", outer, alone=hierarchy.overview)
        item = await resolve(reader, "Old oil lamp/Wick", outer, alone=hierarchy.overview)
        assert item.kind.one == "theme"
