"""Characters of more than 16 bits, of which the JSON of easyBacklog shows 16."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Literal, TypeVar

import pytest

from agilekit import EasyBacklog, Unprocessable
from agilekit.easybacklog.params import StoryDraft
from agilekit.easybacklog.specs import STORIES
from agilekit.sandbox import Sandbox
from agilekit.session.session import Session
from agilekit.wire.dialect import Format
from tests.bulk.clients import easy_story, easy_theme
from tests.contract.clients import easy_backlog
from tests.virtual_time import in_virtual_time

T = TypeVar("T")

# U+1F389 becomes U+F389, U+20BB7 becomes U+0BB7, and U+1D83D half a surrogate pair.
WIDE: Final = "a\u00e9 \U0001f389 \U00020bb7 \U0001d83d"
NARROW: Final = "a\u00e9 \uf389"
FORMATS: Final = ("json", "xml")


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = Sandbox("demo")
    sandbox.easybacklog.sixteen_bits = True
    return sandbox


def run(
    backend: str,
    sandbox: Sandbox,
    main: Callable[[EasyBacklog], Awaitable[T]],
    format: Literal["json", "xml"] = "json",
) -> T:
    async def inside() -> T:
        async with easy_backlog(sandbox, format=format) as easy:
            return await main(easy)

    return in_virtual_time(backend, inside)


@pytest.mark.parametrize("format", FORMATS)
def test_one_create_shows_what_was_stored(
    anyio_backend: str, sandbox: Sandbox, format: Literal["json", "xml"]
) -> None:
    account, backlog = sandbox.easybacklog.account_id, sandbox.easybacklog.backlog_id

    async def main(easy: EasyBacklog) -> None:
        theme = await easy.themes.create(backlog, name=WIDE)
        story = await easy.stories.create(theme, i_want_to=WIDE, score=5, comments=NARROW)
        criterion = await easy.criteria.create(story, criterion=WIDE)
        company = await easy.companies.create(account, name=WIDE)
        made = await easy.backlogs.create(account, name=WIDE, velocity=3)
        snapshot = await easy.snapshots.create(account, backlog, name=WIDE)
        copy = await easy.backlogs.duplicate(account, backlog, name=WIDE)
        names = [one.name for one in (theme, company, made, snapshot, copy)]
        assert names == [WIDE] * 5
        assert (story.i_want_to, story.comments, criterion.criterion) == (WIDE, NARROW, WIDE)
        assert (story.score, story.unique_id, made.velocity) == (5.0, 1, 3.0)
        assert story.raw["i_want_to"] == WIDE
        assert sandbox.easybacklog.stories[story.id].i_want_to == WIDE
        assert len(sandbox.requests) == 7

    run(anyio_backend, sandbox, main, format)


def test_a_job_reports_what_was_stored_also_out_of_its_journal(
    anyio_backend: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    drafts: list[StoryDraft] = [{"i_want_to": f"{WIDE} {n}"} for n in range(5)]
    drafts.append({"i_want_to": NARROW})

    async def main(easy: EasyBacklog) -> list[str | None]:
        report = await easy.stories.create_many(
            easy_theme(sandbox), drafts, journal=tmp_path / "job.journal"
        )
        return [story.i_want_to for story in report.items]

    for _ in range(2):
        found = run(anyio_backend, sandbox, main)
        assert found == [draft.get("i_want_to") for draft in drafts]
    assert sandbox.count("POST") == len(drafts)


def test_what_is_refused_in_xml_is_the_same_error(anyio_backend: str, sandbox: Sandbox) -> None:
    async def main(easy: EasyBacklog) -> None:
        backlog = sandbox.easybacklog.backlog_id
        await easy.themes.create(backlog, name=WIDE)
        with pytest.raises(Unprocessable, match="Name has already been taken"):
            await easy.themes.create(backlog, name=WIDE)

    run(anyio_backend, sandbox, main)


def test_updates_are_stored_and_answered_with_nothing(anyio_backend: str, sandbox: Sandbox) -> None:
    story = easy_story(sandbox)

    async def main(easy: EasyBacklog) -> None:
        await easy.stories.update(easy_theme(sandbox), story, i_want_to=WIDE)

    run(anyio_backend, sandbox, main)
    assert sandbox.easybacklog.stories[story].i_want_to == WIDE


@pytest.mark.parametrize("format", FORMATS)
def test_a_container_is_listed_exactly_whatever_the_format_of_the_client(
    anyio_backend: str, sandbox: Sandbox, format: Format
) -> None:
    easy = sandbox.easybacklog
    theme = easy_theme(sandbox)
    story = easy.add_story(easy.themes[theme], i_want_to=WIDE)

    async def main(client: EasyBacklog) -> None:
        session: Session = vars(client)["_session"]
        creation = STORIES.within(session, {"THEME_ID": theme})
        assert creation.exact_listing is not None
        exact = {one.id: one.i_want_to async for one in creation.exact_listing()}
        plain = {one.id: one.i_want_to async for one in creation.listing()}
        assert exact[story.id] == WIDE
        assert exact.keys() == plain.keys()
        assert (plain[story.id] == WIDE) == (format == "xml")

    run(anyio_backend, sandbox, main, "xml" if format == "xml" else "json")
