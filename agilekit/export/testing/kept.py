"""What a target keeps: every value, in order, and what became of each project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export import manifest
from agilekit.export.errors import TargetError
from agilekit.export.testing.destination import (
    Destination,
    NotConforming,
    entry_of,
    expect,
    expect_stored,
    stored,
)
from agilekit.export.testing.samples import KEYS, in_version, odd_project, project, streamed

__all__ = ["CHECKS"]

_SCOPE: Final = "kept"


def it_is_made_when_it_is_prepared_and_not_before(there: Destination) -> None:
    target = there.make(there.name)
    try:
        target.check()
    except InvalidInput:
        pass
    else:
        raise NotConforming("check() finds an export where none was made")
    finally:
        target.close()
    expect(bool(target.path), "path says nothing")
    for _ in range(2):
        with there.opened() as target:
            target.check()
            expect(target.entries() == [], "there are projects although none was committed")
    there.expect_whole()


def it_gives_back_every_value_as_it_was_committed(there: Destination) -> None:
    data = odd_project()
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.commit(run, data)
        expect_stored(target, data)
        for table, rows in stored(target, data.project.key).items():
            for row, committed in zip(rows, data.rows[table], strict=True):
                kinds = [*map(type, row)]
                expect(kinds == [*map(type, committed)], f"a row of {table} has types {kinds}")
        target.finish([run])
    there.expect_whole(data)


def it_sorts_by_the_characters_of_keys(there: Destination) -> None:
    projects = [project(key) for key in KEYS]
    projects += [project("1", host=f"{key}.example") for key in ("B", "a", "a:80", "ä")]
    every = [in_version(1, ref, cards=1) for ref in reversed(projects)]
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        for data in every:
            target.commit(run, data)
        keys = [manifest.key_of(entry) for entry in target.entries()]
        expect(keys == sorted(keys), "entries() are not sorted by the characters of their keys")
        target.finish([run])
        keys = [manifest.key_of(entry) for entry in target.manifest()]
        expect(keys == sorted(keys), "manifest() is not sorted by the characters of its keys")
    there.expect_whole(*every)


def it_replaces_a_project_and_no_other(there: Destination) -> None:
    other, fewer = in_version(1, project("2")), in_version(2, cards=1)
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.commit(run, in_version(1, cards=5))
        target.commit(run, other)
        target.commit(run, fewer)
        empty = project("3").data({}, title=None)
        target.commit(run, in_version(1, project("3")))
        target.commit(run, empty)
        target.finish([run])
    there.expect_whole(fewer, other, empty)


def it_reads_rows_that_are_too_many_to_be_held(there: Destination) -> None:
    data = in_version(1)
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.commit(run, streamed(data))
        target.finish([run])
    there.expect_whole(data)


def it_notes_what_became_of_a_project_and_keeps_its_rows(there: Destination) -> None:
    data, never = in_version(1), project("never written")
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.fail(run, never, AgilekitError("refused"))
        entry = entry_of(target, never.key)
        expect(entry["tables"] is None, "what was never committed has tables")
        expect(entry["error"] == "AgilekitError: refused", "fail() does not keep the error")
        target.commit(run, data)
        proved = manifest.digests(data)
        expect(entry_of(target, data.project.key)["run"] == run.id, "the entry has another run")
        for note in ("fail", "skip"):
            if note == "fail":
                target.fail(run, data.project, AgilekitError("refused"))
            else:
                target.skip(run, data.project, "unchanged")
            entry = entry_of(target, data.project.key)
            expect(entry["tables"] == proved, f"{note}() changes what is known of the rows")
            noted = (entry["error"], entry["skipped"])
            expected = ("AgilekitError: refused", None) if note == "fail" else (None, "unchanged")
            expect(noted == expected, f"after {note}(), error and skipped are {noted}")
            expect_stored(target, data)
        target.commit(run, data)
        entry = entry_of(target, data.project.key)
        expect(entry["skipped"] is None, "commit() leaves what was noted before")
        target.finish([run])
        expect(
            [one["error"] for one in target.manifest() if manifest.key_of(one) == never.key]
            == ["AgilekitError: refused"],
            "the manifest does not know the project that failed",
        )
    there.expect_whole(data)


def it_does_not_choke_on_unpaired_surrogates(there: Destination) -> None:
    half = "half \ud800 \udc00"
    ref, data = project("half"), in_version(1)
    with there.opened() as target:
        run = target.begin(_SCOPE, resume=False)
        target.fail(run, ref, AgilekitError(half))
        target.skip(run, ref, half)
        target.commit(run, ref.data({}, title=half, gaps=[half], notes=[half]))
        target.commit(run, data)
        # No reader gives such rows. If one came, it would be kept, or refused as a whole.
        with_half = in_version(2)
        (row, *more) = with_half.rows["cards"]
        torn = tuple(half if value == "version 2" else value for value in row)
        bad = data.project.data({**with_half.rows, "cards": [torn, *more]}, title="bad")
        try:
            target.commit(run, bad)
        except TargetError:
            expect_stored(target, data)
        except Exception as error:
            what = f"a row that cannot be kept raises {type(error).__name__}, not TargetError"
            raise NotConforming(what) from error
        else:
            expect_stored(target, bad)
            target.commit(run, data)
        target.finish([run])
    there.expect_whole(data, ref.data({}, title=None))


CHECKS: Final[tuple[Callable[[Destination], None], ...]] = (
    it_is_made_when_it_is_prepared_and_not_before,
    it_gives_back_every_value_as_it_was_committed,
    it_sorts_by_the_characters_of_keys,
    it_replaces_a_project_and_no_other,
    it_reads_rows_that_are_too_many_to_be_held,
    it_notes_what_became_of_a_project_and_keeps_its_rows,
    it_does_not_choke_on_unpaired_surrogates,
)
