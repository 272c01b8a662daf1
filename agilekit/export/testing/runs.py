"""Runs: what begins, continues and ends one, and what is refused then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from agilekit.errors import AgilekitError
from agilekit.export.target.target import Run, Target
from agilekit.export.testing.destination import (
    Destination,
    entry_of,
    expect,
    expect_stored,
    refused,
)
from agilekit.export.testing.samples import in_version, project

__all__ = ["CHECKS"]

_SCOPE: Final = "runs"


def every_beginning_has_a_higher_epoch(there: Destination) -> None:
    epochs: list[int] = []
    for scope, resume in (("a", False), ("b", True), ("a", True), ("a", False), ("c", False)):
        with there.opened() as target:
            epochs.append(target.begin(scope, resume=resume).epoch)
    with there.opened() as target:
        target.finish(target.unfinished())
        epochs.append(target.begin("a", resume=True).epoch)
    expect(epochs == sorted(set(epochs)), f"the epochs of runs, one after another, are {epochs}")


def a_run_that_was_cut_off_is_continued(there: Destination) -> None:
    data = in_version(1)
    with there.opened() as target:
        expect(target.unfinished() == [], "a run is unfinished although none was begun")
        first = target.begin(_SCOPE, resume=True)
        expect(not first.continued, "the first run of a scope continues one")
        target.commit(first, data)
    with there.opened() as target:
        (found,) = target.unfinished()
        expect((found.scope, found.id) == (_SCOPE, first.id), "unfinished() gives another run")
        other = target.begin("another scope", resume=True)
        expect(other.id != first.id, "a run of another scope is continued")
        second = target.begin(_SCOPE, resume=True)
        expect(second.continued and second.id == first.id, "the run is not continued")
        expect(
            datetime.fromisoformat(str(second.started_at)).tzinfo is not None,
            f"the run that is continued began at {second.started_at}",
        )
        expect(entry_of(target, data.project.key)["run"] == first.id, "its project is not its own")
        expect_stored(target, data)
        expect(
            [one.scope for one in target.unfinished()] == ["another scope", _SCOPE],
            "unfinished() does not give all runs, sorted by scope",
        )
        target.finish([second])
        expect([one.id for one in target.unfinished()] == [other.id], "finish() ends another run")
        third = target.begin(_SCOPE, resume=True)
        expect(third.id != first.id and not third.continued, "a run that has ended is continued")
        fourth = target.begin(_SCOPE, resume=False)
        expect(fourth.id != third.id and not fourth.continued, "resume=False continues a run")
    there.expect_whole(data)


def a_run_that_was_taken_over_changes_nothing(there: Destination) -> None:
    for resume in (True, False):
        data = in_version(1)
        with there.opened() as late, there.opened() as target:
            first = late.begin(_SCOPE, resume=False)
            late.commit(first, data)
            second = target.begin(_SCOPE, resume=resume)
            _expect_refused(late, first, what="a run that was taken over", may_finish=False)
            expect_stored(target, data)
            target.commit(second, data)
            target.finish([second])
    there.expect_whole(data)


def a_run_that_was_finished_changes_nothing(there: Destination) -> None:
    data = in_version(1)
    with there.opened() as late, there.opened() as target:
        run = late.begin(_SCOPE, resume=False)
        late.commit(run, data)
        target.finish(target.unfinished())
        _expect_refused(late, run, what="a run that was finished", may_finish=True)
        never = Run("never begun", "0" * 16, run.epoch + 1)
        _expect_refused(late, never, what="a run that was never begun", may_finish=False)
    there.expect_whole(data)


def an_older_run_does_not_replace_what_a_newer_one_wrote(there: Destination) -> None:
    newer, untouched = in_version(2), in_version(1, project("2"))
    with there.opened() as late, there.opened() as target:
        older_run = late.begin("older", resume=False)
        late.commit(older_run, in_version(1))
        newer_run = target.begin("newer", resume=False)
        target.commit(newer_run, newer)
        late.commit(older_run, in_version(3))
        expect_stored(target, newer)
        expect(entry_of(target, newer.project.key)["run"] == newer_run.id, "the entry has changed")
        late.commit(older_run, untouched)
        late.finish([older_run])
        target.finish([newer_run])
    there.expect_whole(newer, untouched)


def _expect_refused(target: Target, run: Run, *, what: str, may_finish: bool) -> None:
    ref = project("late")
    before = target.entries()
    with refused(f"commit() of {what}"):
        target.commit(run, in_version(9))
    with refused(f"commit() of a new project by {what}"):
        target.commit(run, in_version(9, ref))
    with refused(f"fail() of {what}"):
        target.fail(run, ref, AgilekitError("late"))
    with refused(f"skip() of {what}"):
        target.skip(run, ref, "late")
    if not may_finish:
        with refused(f"finish() of {what}"):
            target.finish([run])
    expect(target.entries() == before, f"{what} has changed what is there")


CHECKS: Final[tuple[Callable[[Destination], None], ...]] = (
    every_beginning_has_a_higher_epoch,
    a_run_that_was_cut_off_is_continued,
    a_run_that_was_taken_over_changes_nothing,
    a_run_that_was_finished_changes_nothing,
    an_older_run_does_not_replace_what_a_newer_one_wrote,
)
