"""Texts are stored otherwise than they were sent, at every service, where an option says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import httpx
import pytest

from agilekit.sandbox import Sandbox
from agilekit.sandbox.rewriting import Rewriting, Way
from tests.sandbox.flyingdonut.caller import Caller, at

pytestmark = pytest.mark.anyio

Store: TypeAlias = Callable[[Sandbox, str], Awaitable[object]]


def http(sandbox: Sandbox, base_url: str, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=sandbox.transport(), base_url=base_url, headers=headers)


def easy(sandbox: Sandbox) -> httpx.AsyncClient:
    fake = sandbox.easybacklog
    return http(sandbox, fake.base_url, Authorization=f"token {fake.token}")


def kanban(sandbox: Sandbox) -> httpx.AsyncClient:
    return http(
        sandbox, sandbox.kanbantool.base_url, **{"X-KanbanToolToken": sandbox.kanbantool.token}
    )


async def card_title(sandbox: Sandbox, text: str) -> object:
    caller = Caller(sandbox)
    made = (await caller.post(caller.new_card, caller.draft(text))).json()
    shown = (await caller.get(f"/items/{made['_id']['$oid']}")).json()
    assert made["title"] == shown["title"]
    return shown["title"]["value"]


async def card_summary(sandbox: Sandbox, text: str) -> object:
    caller = Caller(sandbox)
    made = (
        await caller.post(caller.new_card, caller.draft("C", summary={"markdown": text}))
    ).json()
    return made["summary"]["value"]["markdown"]


async def updated_title(sandbox: Sandbox, text: str) -> object:
    caller = Caller(sandbox)
    card = caller.project.add_card("Old")
    answer = await caller.put(f"/items/{card.id}", title=at(text, 0))
    return answer.json()["title"]["value"]


async def task_text(sandbox: Sandbox, text: str) -> object:
    fake = sandbox.flow
    client = http(sandbox, fake.base_url, **{"X-Flow-Authentication": fake.key})
    form = {"user_id": 1, "project_id": 1, "task_type_id": 1, "task_text": text}
    number = (await client.post("/task.json", json=form)).json()["task_id"]
    return (await client.get(f"/task/{number}.json")).json()["task_text"]


async def theme_name(sandbox: Sandbox, text: str) -> object:
    path = f"/backlogs/{sandbox.easybacklog.backlog_id}/themes"
    return (await easy(sandbox).post(path, json={"name": text})).json()["name"]


async def story_comments(sandbox: Sandbox, text: str) -> object:
    path = f"/themes/{next(iter(sandbox.easybacklog.themes))}/stories"
    return (await easy(sandbox).post(path, json={"comments": text})).json()["comments"]


async def criterion(sandbox: Sandbox, text: str) -> object:
    fake = sandbox.easybacklog
    story = fake.add_story(next(iter(fake.themes.values())))
    path = f"/stories/{story.id}/acceptance-criteria"
    return (await easy(sandbox).post(path, json={"criterion": text})).json()["criterion"]


async def snapshot_name(sandbox: Sandbox, text: str) -> object:
    fake = sandbox.easybacklog
    path = f"/accounts/{fake.account_id}/backlogs/{fake.backlog_id}/snapshots"
    return (await easy(sandbox).post(path, json={"name": text})).json()["name"]


async def board_task(sandbox: Sandbox, text: str, name: str) -> object:
    board = next(iter(sandbox.kanbantool.boards))
    form = {"task[name]": "T", f"task[{name}]": text}
    answer = await kanban(sandbox).post(f"/boards/{board}/tasks.json", data=form)
    return answer.json()["task"][name]


async def kanban_name(sandbox: Sandbox, text: str) -> object:
    return await board_task(sandbox, text, "name")


async def kanban_description(sandbox: Sandbox, text: str) -> object:
    return await board_task(sandbox, text, "description")


async def kanban_comment(sandbox: Sandbox, text: str) -> object:
    fake = sandbox.kanbantool
    board = next(iter(fake.boards.values()))
    path = f"/boards/{board.id}/tasks/{fake.add_task(board, 'T').id}/comments.json"
    answer = await kanban(sandbox).post(path, data={"comment[content]": text})
    return answer.json()["comment"]["content"]


ALL: Final = (
    card_title,
    card_summary,
    updated_title,
    task_text,
    theme_name,
    story_comments,
    criterion,
    snapshot_name,
    kanban_name,
    kanban_description,
    kanban_comment,
)
everywhere = pytest.mark.parametrize("store", ALL, ids=lambda one: one.__name__)

SENT: Final = "  cafe\u0301 & <b> Q "


@everywhere
async def test_by_default_a_text_is_stored_as_it_was_sent(store: Store) -> None:
    assert await store(Sandbox("empty"), SENT) == SENT


@everywhere
@pytest.mark.parametrize(
    ("way", "stored"),
    [
        ("strip", "cafe\u0301 & <b> Q"),
        ("nfc", "  caf\u00e9 & <b> Q "),
        ("recase", "  cafe\u0301 & <b> q "),
        ("upper", "  CAFE\u0301 & <B> Q "),
        ("escape", "  cafe\u0301 &amp; &lt;b&gt; Q "),
        ("cut", "  caf"),
    ],
)
async def test_a_text_is_stored_as_the_option_says(store: Store, way: Way, stored: str) -> None:
    assert await store(Sandbox("empty", rewrite={way}, cut_to=5), SENT) == stored


@everywhere
async def test_several_ways_are_done_in_their_order(store: Store) -> None:
    ways: set[Way] = {"strip", "nfc", "upper", "escape", "cut"}
    sandbox = Sandbox("empty", rewrite=ways, cut_to=9)
    assert await store(sandbox, SENT) == "CAF\u00c9 &amp"


@everywhere
async def test_it_can_be_assigned_to_all_services_at_any_time(store: Store) -> None:
    sandbox = Sandbox("empty")
    sandbox.rewriting = Rewriting(ways={"cut"})
    assert await store(sandbox, "x" * 41) == "x" * 40
    sandbox.rewriting = Rewriting()
    assert await store(sandbox, "x" * 41) == "x" * 41


async def test_it_can_be_assigned_to_one_service() -> None:
    sandbox = Sandbox("empty")
    sandbox.flow.rewriting = Rewriting(ways={"upper"})
    assert await task_text(sandbox, "a") == "A"
    assert await theme_name(sandbox, "a") == "a"
    assert sandbox.rewriting == Rewriting()


async def test_a_text_that_was_read_and_is_sent_again_is_escaped_again() -> None:
    sandbox = Sandbox("empty", rewrite={"escape"})
    assert await updated_title(sandbox, "a &amp; b") == "a &amp;amp; b"


async def test_what_an_update_leaves_out_stays_as_it_is() -> None:
    sandbox = Sandbox("empty")
    fake = sandbox.easybacklog
    story = fake.add_story(next(iter(fake.themes.values())), as_a="R & D", comments="x & y")
    sandbox.rewriting = Rewriting(ways={"escape"})
    path = f"/themes/{story.theme_id}/stories/{story.id}"
    assert (await easy(sandbox).put(path, json={"as_a": "you & I"})).status_code == 204
    assert (story.as_a, story.comments) == ("you &amp; I", "x & y")


async def test_codes_and_colours_are_not_rewritten() -> None:
    sandbox = Sandbox("empty", rewrite={"upper", "cut"}, cut_to=2)
    client, fake = easy(sandbox), sandbox.easybacklog
    path = f"/backlogs/{fake.backlog_id}/themes"
    theme = (await client.post(path, json={"name": "long", "code": "abc"})).json()
    assert (theme["name"], theme["code"]) == ("LO", "ABC")
    story = await client.post(f"/themes/{theme['id']}/stories", json={"color": "ff0000"})
    assert story.json()["color"] == "ff0000"


async def test_titles_are_normalised_and_then_rewritten() -> None:
    sandbox = Sandbox("empty", normalise={"strip"}, rewrite={"cut"}, cut_to=3)
    assert await card_title(sandbox, "  abcd") == "abc"


async def test_what_is_blank_is_refused_before_it_is_rewritten() -> None:
    caller = Caller(Sandbox("empty", rewrite={"strip"}))
    assert (await caller.post(caller.new_card, caller.draft("  "))).status_code == 400


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"rewrite": {"rot13"}}, "rewrite is 'rot13', not strip or nfc or"),
        ({"cut_to": 0}, "cut_to is 1 or more characters, not 0"),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Sandbox("empty", **options)
