"""A container that is larger than the client reads ends a job before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from agilekit import AnswerTooLarge
from agilekit.sandbox import Sandbox
from tests.bulk.clients import easy_theme
from tests.bulk.donut import card_drafts, create_cards
from tests.contract.clients import easy_backlog
from tests.virtual_time import in_virtual_time

MESSAGE = r"larger than 400 bytes: to read it, open the client with a larger largest_body="


def test_it_is_read_once_and_the_error_names_the_option(anyio_backend: str, tmp_path: Path) -> None:
    sandbox = Sandbox("empty")
    create_cards(anyio_backend, sandbox, card_drafts(9))
    before = sandbox.count("GET"), sandbox.count("POST")
    for journal in (None, tmp_path / "job.journal"):
        with pytest.raises(AnswerTooLarge, match=MESSAGE):
            create_cards(
                anyio_backend, sandbox, card_drafts(9), {"largest_body": 400}, journal=journal
            )
    assert (sandbox.count("GET"), sandbox.count("POST")) == (before[0] + 2, before[1])
    # With the option the same journal goes on.
    report = create_cards(anyio_backend, sandbox, card_drafts(9), journal=tmp_path / "job.journal")
    assert len(report.created) == 9


def test_so_is_one_that_is_read_over_xml(anyio_backend: str) -> None:
    sandbox = Sandbox("demo")

    async def main() -> None:
        async with easy_backlog(sandbox, format="xml", largest_body=400) as easy:
            with pytest.raises(AnswerTooLarge, match=MESSAGE):
                await easy.stories.create_many(easy_theme(sandbox), [{"i_want_to": "sail"}])

    in_virtual_time(anyio_backend, main)
    assert [request.method for request in sandbox.requests] == ["GET"]
