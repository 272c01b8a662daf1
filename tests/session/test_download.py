"""Answers that go to a file: whole, or not at all."""

from __future__ import annotations

import gzip
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from agilekit import DecodeError, InvalidInput, NotFound
from agilekit.session.download import download
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.route import Route, no_result
from tests.session.scripted import SECRET, Say, Scripted

pytestmark = pytest.mark.anyio

OP = Route("Retrieve a Backlog", "GET", "/backlogs/{id}", no_result)
CREDENTIAL = Credential.in_header("Authorization", "token", SECRET, what="token")
LARGE = b"%PDF" + bytes(3 << 20)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def get(server: Scripted, to: Path, *, largest_body: int = 1 << 20) -> Path:
    session = Session("https://host/api", CREDENTIAL, transport=server, largest_body=largest_body)
    async with session:
        return await download(
            session,
            OP,
            {"id": 7},
            {"page_size": "A4"},
            accept="application/pdf",
            types=["application/pdf"],
            to=to,
        )


async def test_an_answer_of_any_size_becomes_the_file(tmp_path: Path) -> None:
    server = Scripted(Say(LARGE))
    path = await get(server, tmp_path / "cards.pdf")
    assert path.read_bytes() == LARGE
    assert names(tmp_path) == ["cards.pdf"]
    (request,) = server.requests
    assert request.headers["accept"] == "application/pdf"
    assert str(request.url) == "https://host/api/backlogs/7?page_size=A4"


async def test_an_answer_that_breaks_off_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    server = Scripted(Say(b"half", cut_by=httpx.ReadError("cut")), Say(b"whole"))
    path = await get(server, tmp_path / "cards.pdf")
    assert path.read_bytes() == b"whole"


async def test_a_refusal_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "cards.pdf"
    path.write_bytes(b"before")
    with pytest.raises(NotFound, match="no such backlog"):
        await get(Scripted(Say(b"no such backlog", 404)), path)
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["cards.pdf"]


@contextmanager
def files_of_at_most(size: int) -> Generator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 3, len(LARGE) - 1])
async def test_a_file_that_the_disk_has_no_room_for_is_not_cut(tmp_path: Path, size: int) -> None:
    path = tmp_path / "cards.pdf"
    with pytest.raises(InvalidInput, match="cannot be written"), files_of_at_most(size):
        await get(Scripted(Say(LARGE)), path)
    assert names(tmp_path) == []


async def test_a_folder_that_is_not_there_is_noticed_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    server = Scripted(Say(b"x"))
    with pytest.raises(InvalidInput, match="cannot be written"):
        await get(server, tmp_path / "nowhere" / "cards.pdf")
    assert server.requests == []


async def test_a_target_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cards.pdf").mkdir()
    with pytest.raises(InvalidInput, match="cannot be written"):
        await get(Scripted(Say(b"x")), tmp_path / "cards.pdf")
    assert names(tmp_path) == ["cards.pdf"]


@pytest.mark.parametrize(
    ("type", "why"),
    [
        ("text/html; charset=utf-8", "a web page"),
        ("TEXT/HTML", "a web page"),
        ("application/json", "asked for application/pdf, but the answer is application/json"),
        ("application/pdfx", "but the answer is application/pdfx"),
        ("application/vnd.ms-excel", "but the answer is application/vnd.ms-excel"),
        ("x" * 1000 + SECRET, "of another type"),
    ],
)
async def test_an_answer_of_another_type_is_not_kept_as_a_file(
    tmp_path: Path, type: str, why: str
) -> None:
    page = Say(b"<html>Sign in</html>", headers={"content-type": type})
    with pytest.raises(DecodeError, match=why) as caught:
        await get(Scripted(page), tmp_path / "cards.pdf")
    assert SECRET not in str(caught.value)
    assert names(tmp_path) == []


@pytest.mark.parametrize("type", ["application/pdf", "Application/PDF ; charset=utf-8", None])
async def test_an_answer_of_the_type_that_was_asked_for_is_kept(
    tmp_path: Path, type: str | None
) -> None:
    said = Say(b"%PDF", headers={} if type is None else {"content-type": type})
    await get(Scripted(said), tmp_path / "cards.pdf")
    assert (tmp_path / "cards.pdf").read_bytes() == b"%PDF"


@pytest.mark.parametrize("packed", [b"", gzip.compress(b"")], ids=["", "of gzip"])
async def test_an_empty_answer_is_not_kept_as_a_file(tmp_path: Path, packed: bytes) -> None:
    headers = {"content-type": "application/pdf", "content-encoding": "gzip" if packed else ""}
    (tmp_path / "cards.pdf").write_bytes(b"before")
    with pytest.raises(DecodeError, match="the answer is empty"):
        await get(Scripted(Say(packed, headers=headers)), tmp_path / "cards.pdf")
    assert (tmp_path / "cards.pdf").read_bytes() == b"before"
    assert names(tmp_path) == ["cards.pdf"]


async def test_half_a_compressed_file_is_read_again(tmp_path: Path) -> None:
    whole = gzip.compress(LARGE)
    headers = {"content-encoding": "gzip"}
    server = Scripted(Say(whole[:-1], headers=headers), Say(whole, headers=headers))
    path = await get(server, tmp_path / "cards.pdf")
    assert path.read_bytes() == LARGE
    assert len(server.requests) == 2
