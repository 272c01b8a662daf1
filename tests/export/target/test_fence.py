"""Who comes late changes nothing in a folder, whatever lies between a check and a rename."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import pytest
from attrs import evolve, field, frozen

from agilekit.errors import AgilekitError
from agilekit.export import TABLES, ProjectData, Run, TargetError, verify
from agilekit.export.manifest import key_of
from agilekit.export.tables import BY_NAME
from agilekit.export.target import folder_runs
from agilekit.export.target.folder import Folder
from agilekit.export.target.jsonlines import JSONLines
from agilekit.export.target.store import LocalStore, Write, machine_id
from agilekit.export.target.versions import Versions, next_epoch
from agilekit.export.testing.samples import in_version, project


@frozen
class CountingStore(LocalStore):
    """A folder that counts what is written to each file."""

    written: Counter[str] = field(init=False, factory=Counter[str])

    def write(self, name: str, write: Write) -> None:
        self.written[name] += 1
        LocalStore.write(self, name, write)


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    return CountingStore(tmp_path / "x")


def opened(store: LocalStore) -> Folder:
    folder = Folder(store, JSONLines())
    folder.prepare()
    return folder


def titles(folder: Folder, project_id: str = "1") -> set[object]:
    key = project(project_id).key
    return {row[BY_NAME["cards"].index("title")] for row in folder.rows_of(key, BY_NAME["cards"])}


def test_a_file_that_appears_after_that_of_a_newer_run_does_not_count(store: CountingStore) -> None:
    late, other = opened(store), opened(store)
    first = late.begin("x", resume=True)
    old = tmp_project(late, first.epoch, in_version(1))
    second = other.begin("x", resume=True)
    other.commit(second, in_version(2))
    old.write_bytes(old.with_name(f"{old.name}.kept").read_bytes())  # the rename, at last
    assert titles(opened(store)) == {"version 2"}
    other.finish([second])
    assert not old.exists()
    assert verify(store.folder).ok


def tmp_project(folder: Folder, epoch: int, data: ProjectData) -> Path:
    """Lets a run write a project, and takes it away again."""
    run = folder.begin("x", resume=True)
    folder.commit(run, data)
    (file,) = (Path(folder.path) / ".agilekit" / "parts").iterdir()
    late = file.with_name(file.name.replace(str(run.epoch), str(epoch)))
    file.rename(late.with_name(f"{late.name}.kept"))
    return late


def test_a_run_that_is_taken_over_between_its_rows_and_its_rename_is_refused(
    store: CountingStore,
) -> None:
    late = opened(store)
    run = late.begin("x", resume=True)
    late.commit(run, in_version(1))

    class TakenOver(LocalStore):
        def write(self, name: str, write: Write) -> None:
            def taken_over(stream: BinaryIO) -> None:
                stream.write(b"")
                opened(store).begin("x", resume=True)
                write(stream)

            super().write(name, taken_over)

    folder = Folder(TakenOver(store.folder), JSONLines())
    with pytest.raises(TargetError, match="taken this run over"):
        folder.commit(run, in_version(2))
    assert titles(opened(store)) == {"version 1"}


def test_a_note_of_a_run_before_the_last_commit_does_not_count(store: CountingStore) -> None:
    folder, other = opened(store), opened(store)
    first = folder.begin("first", resume=True)
    folder.fail(first, project(), AgilekitError("refused"))
    assert [entry["error"] for entry in folder.entries()] == ["AgilekitError: refused"]
    second = other.begin("second", resume=True)
    other.commit(second, in_version(1))
    folder.fail(first, project(), AgilekitError("late"))
    assert [entry["error"] for entry in folder.entries()] == [None]


def test_a_file_without_an_epoch_counts_as_the_oldest(store: CountingStore) -> None:
    folder = opened(store)
    run = folder.begin("x", resume=True)
    folder.commit(run, in_version(1))
    work = store.folder / ".agilekit"
    for kind in ("parts", "runs"):  # as it was before runs were fenced
        (file,) = (work / kind).iterdir()
        file.rename(file.with_name(file.name.replace(f".{run.epoch}", "")))
    again = opened(store)
    assert titles(again) == {"version 1"}
    second = again.begin("x", resume=True)
    assert second.continued
    assert second.id == run.id
    again.commit(second, in_version(2))
    again.finish([second])
    assert titles(again) == {"version 2"}
    assert [len([*(work / kind).iterdir()]) for kind in ("parts", "runs")] == [1, 1]


def test_a_file_that_is_swept_while_it_is_looked_at_is_replaced_by_the_newer(
    store: CountingStore,
) -> None:
    folder, other = opened(store), opened(store)
    run = folder.begin("x", resume=True)
    folder.commit(run, in_version(1))
    assert titles(folder) == {"version 1"}
    second = other.begin("y", resume=True)
    other.commit(second, in_version(2))
    other.finish([second])
    assert titles(folder) == {"version 2"}


def test_epochs_of_the_same_moment_differ_and_any_later_one_is_higher() -> None:
    before = [next_epoch(()), next_epoch([7])]
    at_once = {next_epoch(before) for _ in range(20)}
    assert len(at_once) > 1
    assert min(at_once) > max(before)
    assert next_epoch(at_once) > max(at_once)


def test_names_may_hold_dots_and_numbers(store: CountingStore) -> None:
    versions = Versions(store, "kept", ".json")
    store.make()
    for epoch in (3, 20):
        versions.write("a.5-0", epoch, lambda stream: stream.write(b"{}"))
    assert {name: one.epoch for name, one in versions.latest().items()} == {"a.5-0": 20}
    versions.sweep()
    assert store.names("kept") == ["a.5-0.20.json"]
    with pytest.raises(FileNotFoundError, match=r"kept/b\.json"):
        versions.open("b")


def tables_written(store: CountingStore) -> set[str]:
    found = {table.name for table in TABLES if store.written[f"{table.name}.jsonl"]}
    store.written.clear()
    return found


def test_only_the_tables_whose_rows_have_changed_are_made_anew(store: CountingStore) -> None:
    folder, every = opened(store), {table.name for table in TABLES}

    def finished(*projects: ProjectData) -> set[str]:
        run = folder.begin("x", resume=False)
        for data in projects:
            folder.commit(run, data)
        folder.finish([run])
        assert verify(store.folder).ok
        return tables_written(store)

    assert finished(in_version(1), in_version(1, project("2"))) == every
    assert finished() == set()
    assert finished(in_version(1)) == set()
    assert finished(in_version(2)) == {"projects", "cards", "comments", "extras"}
    assert finished(in_version(2, cards=2)) == {"cards", "comments", "extras"}
    assert finished(project("3").data({}, title=None)) == set()
    (store.folder / "cards.jsonl").write_text("{}\n")
    (store.folder / "tasks.jsonl").unlink()
    assert finished() == {"cards", "tasks"}
    (store.folder / "manifest.json").write_text("{}")
    assert finished() == every


def test_what_a_killed_writer_left_is_removed_when_a_run_is_finished(store: CountingStore) -> None:
    folder = opened(store)
    run = folder.begin("x", resume=True)
    folder.commit(run, in_version(1))
    parts = store.folder / ".agilekit" / "parts"
    left, alive = (
        parts / f"0.jsonl.gz.new-{machine_id()}-{pid}-0a1b2c3d" for pid in (999999999, os.getpid())
    )
    left.touch()
    alive.touch()
    folder.finish([run])
    assert alive.exists()
    assert not left.exists()


def test_of_two_that_begin_at_the_same_moment_one_takes_over_the_other(
    store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs, other, others = iter((5, 9, 12)), opened(store), list[Run]()

    def epoch(_: Iterable[int]) -> int:
        return next(epochs)

    monkeypatch.setattr(folder_runs, "next_epoch", epoch)

    class SameMoment(LocalStore):
        def write(self, name: str, write: Write) -> None:
            super().write(name, write)
            if not others:
                others.append(other.begin("x", resume=False))

    run = Folder(SameMoment(store.folder), JSONLines()).begin("x", resume=False)
    assert (run.epoch, others[0].epoch) == (12, 9)
    with pytest.raises(TargetError, match="taken this run over"):
        other.commit(others[0], in_version(1))
    assert [one.epoch for one in other.unfinished()] == [12]


def test_a_host_whose_name_looks_like_that_of_a_partial_file_loses_nothing(
    store: CountingStore,
) -> None:
    folder = opened(store)
    board = evolve(project("1"), host="agile.new-corp.example.com")
    run = folder.begin("x", resume=True)
    folder.commit(run, in_version(1, board))
    (file,) = (store.folder / ".agilekit" / "parts").iterdir()
    two_days_ago = file.stat().st_mtime - 2 * 86_400
    os.utime(file, (two_days_ago, two_days_ago))
    assert [key_of(entry) for entry in folder.entries()] == [board.key]
    folder.finish([run])
    assert [key_of(entry) for entry in opened(store).entries()] == [board.key]
    assert verify(store.folder).projects == 1
