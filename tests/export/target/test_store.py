"""A file appears whole or not at all, whatever other processes write to its folder."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.export import ExportError, TargetError, export, verify
from agilekit.export.target.project_file import name_of
from agilekit.export.target.remote import FsspecStore
from agilekit.export.target.store import LocalStore, machine_id
from agilekit.sandbox import Sandbox
from tests.export.clients import client

# fsspec has no types.
fsspec: Any = import_module("fsspec")
LocalFileSystem: Any = import_module("fsspec.implementations.local").LocalFileSystem
MemoryFileSystem: Any = import_module("fsspec.implementations.memory").MemoryFileSystem


def write(store: LocalStore | FsspecStore, text: str = "whole") -> None:
    store.write("cards.jsonl", lambda stream: stream.write(text.encode()))


def left_by(folder: Path, writer: str, *, seconds_ago: float = 0) -> Path:
    file = folder / f"cards.jsonl.new-{writer}-0a1b2c3d"
    file.write_text("half")
    moment = file.stat().st_mtime - seconds_ago
    os.utime(file, (moment, moment))
    return file


@pytest.mark.parametrize(
    ("writer", "seconds_ago", "stays"),
    [
        (f"{machine_id()}-999999999", 0, False),
        (f"{machine_id()}-{os.getpid()}", 100_000, True),
        ("0123456789ab-999999999", 0, True),
        (f"0123456789ab-{os.getpid()}", 0, True),
        ("0123456789ab-999999999", 80_000, True),
        ("0123456789ab-999999999", 90_000, False),
        ("999999999", 0, True),
        ("999999999", 90_000, False),
        ("", 0, True),
    ],
    ids=lambda value: str(value).replace(str(os.getpid()), "own"),
)
def test_only_what_no_process_writes_any_more_is_removed(
    writer: str, seconds_ago: float, stays: bool, tmp_path: Path
) -> None:
    file = left_by(tmp_path, writer, seconds_ago=seconds_ago)
    write(LocalStore(tmp_path))
    assert file.exists() is stays
    assert LocalStore(tmp_path).names() == ["cards.jsonl"]


@pytest.mark.slow
def test_two_systems_write_one_file_at_the_same_time(tmp_path: Path) -> None:
    # Another host or container has other processes: there, this one's number means nothing.
    program = (
        "import pathlib, sys\n"
        "from agilekit.export.target import store\n"
        "store.machine_id = lambda: 'another-host'\n"
        "one = store.LocalStore(pathlib.Path(sys.argv[1]))\n"
        "one.write('cards.jsonl', lambda stream: stream.write(b'other'))\n"
    )

    def meanwhile(stream: Any) -> None:
        stream.write(b"ours")
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)

    LocalStore(tmp_path).write("cards.jsonl", meanwhile)
    assert (tmp_path / "cards.jsonl").read_bytes() == b"ours"
    assert [one.name for one in tmp_path.iterdir()] == ["cards.jsonl"]


class Cut(MemoryFileSystem):  # type: ignore[misc]
    """A store without whole objects, whose connection is cut in the middle of an upload."""

    protocol = "cut"
    store: dict[str, Any] = {}  # noqa: RUF012 - of its class, as its base has it
    pseudo_dirs = [""]  # noqa: RUF012
    cuts = False
    silently = False

    def put_file(self, lpath: str, rpath: str, *_: object, **__: object) -> None:
        content = Path(lpath).read_bytes()
        self.pipe_file(rpath, content[: len(content) // 2] if self.cuts else content)
        if self.cuts and not self.silently:
            raise OSError("Connection reset by peer")


@pytest.fixture
def cut() -> Iterator[type[Cut]]:
    fsspec.register_implementation("cut", Cut, clobber=True)
    Cut.cuts = Cut.silently = False
    Cut.store.clear()
    yield Cut
    Cut.clear_instance_cache()


@pytest.mark.parametrize("silently", [False, True])
def test_an_upload_that_is_cut_leaves_the_old_file(silently: bool, cut: type[Cut]) -> None:
    store = FsspecStore("cut://backup")
    write(store, "the old file")
    cut.cuts, cut.silently = True, silently
    with pytest.raises(OSError, match=r"reset by peer|6 of 12 bytes arrived"):
        write(store, "the new file")
    cut.cuts = False
    assert store.open("cards.jsonl").read() == b"the old file"
    assert store.names() == ["cards.jsonl"]
    write(store, "the new file")
    assert store.open("cards.jsonl").read() == b"the new file"


def test_a_store_of_objects_is_sent_each_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    sent: Callable[..., None] = MemoryFileSystem.put_file

    def note(self: object, lpath: str, rpath: str, **options: Any) -> None:
        put.append(rpath)
        sent(self, lpath, rpath, **options)

    monkeypatch.setattr(MemoryFileSystem, "put_file", note)
    write(FsspecStore("memory://objects"))
    assert put == ["/objects/cards.jsonl"]


def test_an_upload_is_renamed_over_the_file_that_is_there(tmp_path: Path) -> None:
    store = FsspecStore(f"file://{tmp_path}/backup")
    for text in ("first", "second"):
        write(store, text)
    assert (tmp_path / "backup" / "cards.jsonl").read_text() == "second"


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["x.sqlite", "x"])
async def test_an_export_whose_upload_is_cut_leaves_the_one_before(
    name: str, sandbox: Sandbox, cut: type[Cut]
) -> None:
    to = f"cut://backup/{name}"
    await export([client(sandbox)], to=to)
    before = verify(to)
    cut.cuts = True
    with pytest.raises(ExportError):
        await export([client(sandbox)], to=to)
    cut.cuts = False
    assert verify(to) == before
    assert before.ok


KEYS = st.tuples(
    st.sampled_from(["flow", "kanbantool"]),
    st.text(alphabet="ab-.A\u00e9%", min_size=1, max_size=4),
    st.text(alphabet="ab-.A/\ud800", min_size=1, max_size=300),
)


@given(KEYS, KEYS)
def test_two_projects_have_two_names(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    first, second = name_of(one), name_of(other)
    assert (first.lower() == second.lower()) is (one == other)
    assert first.isascii()
    assert len(first) < 200
    assert not {*first} & {*'/\\:*?"<>|'}


def test_names_tell_people_what_they_are() -> None:
    assert name_of(("flow", "midori.flow.io", "1")).startswith("flow-midori.flow.io-1-")


class Unreachable(MemoryFileSystem):  # type: ignore[misc]
    """A store whose library raises errors of its own."""

    protocol = "unreachable"

    def open(self, *_: object, **__: object) -> None:
        raise RuntimeError("no credentials were found")

    def ls(self, *_: object, **__: object) -> None:
        self.open()


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["x.sqlite", "x"])
async def test_what_a_library_of_a_store_raises_is_an_error_of_the_target(
    name: str, sandbox: Sandbox
) -> None:
    fsspec.register_implementation("unreachable", Unreachable, clobber=True)
    to = f"unreachable://backup/{name}"
    with pytest.raises(TargetError, match="RuntimeError: no credentials were found") as caught:
        await export([client(sandbox)], to=to)
    assert caught.value.path == to
    assert sandbox.count() == 0


def test_a_folder_that_cannot_be_made_to_last_is_an_error_and_one_that_need_not_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, fsync = LocalStore(tmp_path), os.fsync
    reasons = {errno.EIO: True, errno.ENOSPC: True, errno.EINVAL: False}
    for reason, fails in reasons.items():

        def failing(descriptor: int, reason: int = reason) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(reason, "no")
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="no") if fails else nullcontext():
            write(store)
