"""What a server says of an entity stays exactly as it came, also where it holds the secret."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.bulk import Draft
from agilekit.sandbox import Faults, Sandbox
from agilekit.wire.json import JSON
from tests.bulk.donut import POST, agrees, asked, connect, create_cards, there
from tests.secret_forms import FORMS
from tests.session.scripted import Say, Scripted
from tests.test_secrets import SECRET
from tests.versioned.server import CARD, PROJECT, Server
from tests.versioned.server import SECRET as SECRET_OF_SERVER

pytestmark = pytest.mark.anyio

Read: TypeAlias = Callable[[Scripted], Awaitable[Any]]

URL: Final = "https://localhost:3000/api"
BASIC: Final = f"981:{SECRET}"


async def a_card(server: Scripted) -> object:
    async with FlyingDonut("p", secret=SECRET, transport=server) as donut:
        return await donut.cards.get("1")


async def a_flow_task(server: Scripted) -> object:
    async with Flow("midori", key=SECRET, transport=server) as client:
        return await client.tasks.get(1)


async def a_company(server: Scripted) -> object:
    async with EasyBacklog(URL, user_id=981, key=SECRET, transport=server) as easy:
        return await easy.companies.get(2, 1)


async def a_board(server: Scripted) -> object:
    async with KanbanTool("a", token=SECRET, transport=server) as kanban:
        return await kanban.boards.get(1)


async def a_board_by_script(server: Scripted) -> object:
    async with KanbanTool("a", token=SECRET, format="jsonp", transport=server) as kanban:
        return await kanban.boards.get(1)


READS: Final[dict[str, Read]] = {
    "flyingdonut": a_card,
    "flow": a_flow_task,
    "easybacklog": a_company,
    "kanbantool": a_board,
    "kanbantool-jsonp": a_board_by_script,
}


@pytest.mark.parametrize("name", READS)
async def test_raw_is_exactly_as_it_came_whatever_form_of_the_secret_it_holds(name: str) -> None:
    texts = [form(SECRET) for form in FORMS.values()]
    data: dict[str, JSON] = {
        **dict.fromkeys(("id", "_id", "task_id"), "1"),
        "name": f"Rotate {SECRET}",
        "more": [*texts, {text: text for text in texts}, FORMS["base64"](BASIC)],
        "number": 68300163,
    }
    entity = await READS[name](Scripted(Say(data)))
    assert entity.raw == data


async def in_xml(kind: str, server: Scripted) -> Any:
    match kind:
        case "flow":
            async with Flow("midori", key=SECRET, format="xml", transport=server) as client:
                return await client.tasks.get(1)
        case "easybacklog":
            async with EasyBacklog(URL, token=SECRET, format="xml", transport=server) as easy:
                return await easy.companies.get(2, 1)
        case _:
            async with KanbanTool("a", token=SECRET, format="xml", transport=server) as kanban:
                return await kanban.boards.get(1)


@pytest.mark.parametrize("kind", ["flow", "easybacklog", "kanbantool"])
async def test_raw_of_xml_is_exactly_what_the_document_says(kind: str) -> None:
    texts = [text for form in FORMS.values() if (text := form(SECRET)).isprintable()]
    notes = "".join(f"<note>{escape(text)}</note>" for text in texts)
    ids = "<id type='integer'>1</id><task_id type='integer'>1</task_id>"
    body = f"<thing>{ids}<more type='array'>{notes}</more></thing>"
    entity = await in_xml(kind, Scripted(Say(body.encode())))
    assert entity.raw == {"id": 1, "task_id": 1, "more": texts}


async def test_every_item_of_a_listing_is_exactly_as_it_came() -> None:
    data = [{"id": number, "name": f"{number} {SECRET}"} for number in range(1, 4)]
    server = Scripted(Say(data))
    async with EasyBacklog(URL, token=SECRET, transport=server) as easy:
        assert [one.raw for one in await easy.accounts.all()] == data
        async with easy.accounts.all().pages() as pages:
            assert [[one.name for one in page] async for page in pages] == [
                [one["name"] for one in data]
            ]


async def test_a_download_is_the_bytes_that_came(tmp_path: Path) -> None:
    body = b"%PDF " + json.dumps([form(SECRET) for form in FORMS.values()]).encode()
    async with EasyBacklog(URL, token=SECRET, transport=Scripted(Say(body))) as easy:
        file = await easy.backlogs.download(1, 2, tmp_path / "cards.pdf", format="pdf")
    assert file.read_bytes() == body


async def test_an_update_made_of_a_text_that_holds_the_secret_writes_that_text() -> None:
    text = f"Rotate {SECRET_OF_SERVER} and {FORMS['percent'](SECRET_OF_SERVER)}"
    server = Server()
    server.set(title=text)
    async with FlyingDonut(
        PROJECT, secret=SECRET_OF_SERVER, username="jane.smith", transport=server
    ) as donut:
        card = await donut.cards.update(CARD, title=lambda now: f"{now}!")
        assert server.values["title"] == card.title.value == f"{text}!"
        server.set(title=f"{text}?")  # what the refusal shows becomes the current value
        card = await donut.cards.update(card, title=lambda now: f"{now}!")
    assert server.values["title"] == card.title.value == f"{text}?!"


@pytest.mark.parametrize("journal", [False, True])
def test_a_job_of_30_drafts_that_hold_the_secret_makes_30_cards(
    journal: bool, anyio_backend: str, tmp_path: Path
) -> None:
    sandbox = Sandbox("empty")
    secret = sandbox.flyingdonut.secret
    drafts: list[Draft] = [
        {"title": f"Rotate {secret}", "estimate": number // 2} for number in range(30)
    ]
    report = create_cards(
        anyio_backend,
        sandbox,
        drafts,
        batch_size=7,
        journal=tmp_path / "import.journal" if journal else None,
    )
    assert str(report) == "30 created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)
    assert agrees(report, sandbox, drafts)


def test_drafts_that_hold_the_secret_are_found_again_when_replies_are_lost(
    anyio_backend: str,
) -> None:
    sandbox = Sandbox("empty", faults=Faults(drop_after=1.0, methods=POST))
    secret = sandbox.flyingdonut.secret
    drafts = [{"title": f"Rotate {secret}", "estimate": number} for number in range(30)]
    report = create_cards(anyio_backend, sandbox, drafts, batch_size=7)
    assert str(report) == "30 created, 0 refused, 0 of unknown outcome"
    assert there(sandbox) == asked(drafts)


async def test_a_title_that_holds_the_secret_arrives_as_it_was_given() -> None:
    sandbox = Sandbox("empty")
    title = f"Rotate {sandbox.flyingdonut.secret}"
    async with connect(sandbox) as donut:
        (bucket,) = await donut.buckets.all()
        card = await donut.cards.create(bucket, title=title)
        assert card.title.value == title == (await donut.cards.get(card.id)).title.value
    assert there(sandbox)[title, None] == 1
