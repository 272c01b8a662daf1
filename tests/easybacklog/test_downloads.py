"""A backlog or a snapshot becomes a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

import pytest

from agilekit import ApiError, DecodeError, InvalidInput, NotFound
from agilekit.easybacklog import Sprint, Story, Theme
from tests.easybacklog.server import TOKEN, easy_at
from tests.ids import short
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

BACKLOG = "/api/accounts/604/backlogs/7069"
PDF = b"%PDF-1.4 cards"


def write(folder: Path, content: bytes) -> None:
    (folder / "cards.pdf").write_bytes(content)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_a_backlog_is_written_to_a_file_as_a_workbook(tmp_path: Path, format: Any) -> None:
    server = Scripted(Say(b"<?xml version='1.0'?><Workbook/>"))
    async with easy_at(server, format=format) as easy:
        path = await easy.backlogs.download(604, 7069, tmp_path / "backlog.xls", format="xls")
    assert path == tmp_path / "backlog.xls"
    assert path.read_bytes() == b"<?xml version='1.0'?><Workbook/>"
    assert server.calls == [("GET", BACKLOG)]
    [request] = server.requests
    assert request.headers["accept"] == "application/vnd.easybacklog+xls; version=1.0"
    assert request.headers["authorization"] == f"token {TOKEN}"


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, {}),
        ({"print_scope": Sprint(id=3533)}, {"print_scope": "sprint-3533"}),
        (
            {"print_scope": Theme(id=32100), "page_size": "A4", "fold_side": "short"},
            {"print_scope": "theme-32100", "page_size": "A4", "fold_side": "short"},
        ),
        (
            {"page_size": "LETTER", "fold_side": "long"},
            {"page_size": "LETTER", "fold_side": "long"},
        ),
    ],
)
async def test_cards_are_printed_as_they_are_asked_for(
    tmp_path: Path, options: dict[str, object], query: dict[str, str]
) -> None:
    server = Scripted(Say(PDF))
    to = str(tmp_path / "cards.pdf")
    async with easy_at(server) as easy:
        path = await easy.backlogs.download(604, 7069, to, format="pdf", **cast("Any", options))
    assert path.read_bytes() == PDF
    [request] = server.requests
    assert dict(request.url.params) == query
    assert request.headers["accept"] == "application/vnd.easybacklog+pdf; version=1.0"


async def test_a_snapshot_is_written_to_a_file_too(tmp_path: Path) -> None:
    server = Scripted(Say(PDF))
    async with easy_at(server) as easy:
        await easy.snapshots.download(
            604, 7069, 7070, tmp_path / "c.pdf", format="pdf", print_scope=Theme(id=1)
        )
    assert server.calls == [("GET", f"{BACKLOG}/snapshots/7070?print_scope=theme-1")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "html"},
        {"format": "XLS"},
        {"format": None},
        {"format": "xls", "page_size": "A4"},
        {"format": "xls", "print_scope": Sprint(id=1)},
        {"format": "pdf", "page_size": "letter"},
        {"format": "pdf", "page_size": "A3"},
        {"format": "pdf", "fold_side": "left"},
        {"format": "pdf", "print_scope": Sprint()},
        {"format": "pdf", "print_scope": Story(id=1)},
        {"format": "pdf", "print_scope": "sprint-1"},
        {"format": "pdf", "print_scope": 1},
    ],
    ids=short,
)
async def test_what_cannot_be_printed_is_refused_before_anything_is_sent(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    server = Scripted(Say(PDF))
    async with easy_at(server) as easy:
        with pytest.raises(InvalidInput):
            await easy.backlogs.download(604, 7069, tmp_path / "f", **wrong)
    assert server.requests == []
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><head><title>Not found</title></head></html>", "Not found"),
        (b"Backlog not found", "Backlog not found"),
        (b"", "no reason given"),
    ],
)
async def test_a_refusal_leaves_the_file_as_it_was(
    tmp_path: Path, body: bytes, message: str
) -> None:
    write(tmp_path, b"old")
    async with easy_at(Scripted(Say(body, 404))) as easy:
        with pytest.raises(NotFound) as caught:
            await easy.backlogs.download(604, 7069, tmp_path / "cards.pdf", format="pdf")
    assert caught.value.message == message
    assert isinstance(caught.value, ApiError)
    assert files(tmp_path) == {"cards.pdf": b"old"}


@pytest.mark.parametrize(
    ("format", "type"),
    [
        ("xls", "application/vnd.ms-excel; charset=utf-8"),
        ("xls", "application/vnd.easybacklog+xls; version=1.0"),
        ("pdf", "application/pdf"),
        ("pdf", "application/vnd.easybacklog+pdf; version=1.0"),
    ],
)
async def test_the_file_is_of_the_format_that_was_asked_for(
    tmp_path: Path, format: Literal["xls", "pdf"], type: str
) -> None:
    other: Literal["xls", "pdf"] = "pdf" if format == "xls" else "xls"
    server = Scripted(Say(b"content", headers={"content-type": type}))
    async with easy_at(server) as easy:
        path = await easy.backlogs.download(604, 7069, tmp_path / "file", format=format)
        assert path.read_bytes() == b"content"
        with pytest.raises(DecodeError, match="asked for application"):
            await easy.backlogs.download(604, 7069, tmp_path / "other", format=other)
