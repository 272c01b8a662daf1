"""A journal and its reports tell failures without the secret; drafts and items are as they are."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx
import pytest

from agilekit import BulkReport, FlyingDonut, JournalError
from agilekit.flyingdonut import Card
from agilekit.sandbox import Sandbox
from tests.bulk.donut import create_cards
from tests.secret_forms import FORMS, shows
from tests.session.scripted import Say, Scripted, Step
from tests.test_secrets import chain, told_by
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

SECRET: Final = "not-for-the-journal-5c1d5a9e"


async def job(journal: Path | None, *steps: Step) -> BulkReport[Card]:
    server = Scripted(Say([]), *steps)
    async with FlyingDonut("p", secret=SECRET, username="u", retries=0, transport=server) as donut:
        return await donut.cards.create_many("b", [{"title": "T"}], journal=journal)


@pytest.mark.quick(8)
@pytest.mark.parametrize("form", FORMS)
async def test_a_refused_draft_is_kept_and_reported_without_the_secret(
    form: str, tmp_path: Path
) -> None:
    said = Say({"error": f"no such key: {FORMS[form](SECRET)}, sorry"}, 403)
    journal = tmp_path / "import.journal"
    for report in (await job(None, said), await job(journal, said)):
        (refused,) = report.refused
        assert "********" in str(refused.error)
        assert not shows(f"{refused} {refused.error!r} {vars(refused.error)}", SECRET)
    assert not shows(journal.read_bytes().decode("latin-1"), SECRET)


def test_a_draft_that_holds_the_secret_is_kept_as_it_is(anyio_backend: str, tmp_path: Path) -> None:
    sandbox, journal = Sandbox("empty"), tmp_path / "import.journal"
    drafts = [{"title": f"Rotate {sandbox.flyingdonut.secret}"}]
    for _ in range(2):  # made, and then read from the journal
        report = create_cards(anyio_backend, sandbox, drafts, journal=journal)
        (created,) = report.created
        assert created.draft == drafts[0]
        assert created.item.title.value == drafts[0]["title"]


def test_a_journal_with_a_damaged_item_does_not_quote_it(
    anyio_backend: str, tmp_path: Path
) -> None:
    sandbox, journal = Sandbox("empty"), tmp_path / "import.journal"
    secret = sandbox.flyingdonut.secret
    report = create_cards(anyio_backend, sandbox, [{"title": "T"}], journal=journal)
    for damage in (json.dumps([secret]), f'{{"title": "{secret}"', json.dumps({"cid": secret})):
        with closing(sqlite3.connect(journal)) as database:
            database.execute("UPDATE drafts SET result = ?, checksum = NULL", [damage])
            database.commit()
        with pytest.raises(JournalError, match="holds draft 0 damaged") as caught:
            assert report.created
        assert [*chain(caught.value)] == [caught.value]
        assert secret not in told_by(caught.value)


def test_a_draft_whose_reply_was_lost_shows_no_secret(anyio_backend: str) -> None:
    echo = httpx.ReadError(f"bad line: {SECRET}")
    refused = Say({"error": f"no such key: {SECRET}"}, 403)
    report = in_virtual_time(anyio_backend, lambda: job(None, echo, refused))
    (unknown,) = report.unknown
    assert not shows(told_by(unknown.error), SECRET)
