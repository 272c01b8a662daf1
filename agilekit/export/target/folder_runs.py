"""The runs of a folder: a file for each scope, which bears the epoch of its last run.

| a process | does |
|---|---|
| begins a run | writes a file of a higher epoch, and removes those of its scope before it |
| is about to let a file appear | looks whether its own is still there |
| ends a run | writes into its own when that was |
"""

from __future__ import annotations

import os
from itertools import chain

from attrs import Factory, field, frozen

from agilekit.export import manifest
from agilekit.export.target.json_file import filled_with, read_object
from agilekit.export.target.store import Store
from agilekit.export.target.target import Run
from agilekit.export.target.versions import Versions, next_epoch

__all__ = ["FolderRuns"]


def _versions(runs: FolderRuns) -> Versions:
    return Versions(runs.store, runs.folder, ".json")


@frozen
class FolderRuns:
    """The files of runs."""

    store: Store
    folder: str
    _versions: Versions = field(init=False, default=Factory(_versions, takes_self=True))

    def begin(self, scope: str, *, resume: bool, projects: Versions) -> Run:
        while True:
            before = self._last(scope) if resume else None
            runs, written = self._versions.latest(), projects.latest()
            epochs = (one.epoch for one in chain(runs.values(), written.values()))
            run = self._next(scope, before, next_epoch(epochs))
            self._write(run, run.started_at or manifest.now(), None)
            # Another may have begun at the same moment: the higher one stays.
            last = self._versions.latest().get(scope)
            if last is None or last.epoch == run.epoch:
                self._versions.sweep(scope)
                return run

    def unfinished(self) -> list[Run]:
        found = ((scope, self._last(scope)) for scope in sorted(self._versions.latest()))
        return [run for _, run in found if run is not None]

    def check(self, run: Run, path: str, *, may_be_finished: bool = False) -> None:
        """Raises TargetError if nothing that a run writes may appear any more."""
        about = read_object(self.store, self._versions.at(run.scope, run.epoch))
        last = None if about is None else Run(run.scope, str(about.get("id")), run.epoch)
        is_finished = about is not None and about.get("finished_at") is not None
        run.check(last, path, is_finished=is_finished and not may_be_finished)

    def end(self, run: Run) -> None:
        self._write(run, run.started_at, manifest.now())

    def _last(self, scope: str) -> Run | None:
        """The run of a scope that has not ended."""
        version = self._versions.latest().get(scope)
        about = None if version is None else read_object(self.store, version.file)
        if version is None or not about or about.get("finished_at"):
            return None
        began = about.get("started_at")
        return Run(
            scope,
            str(about.get("id")),
            version.epoch,
            continued=True,
            started_at=began if isinstance(began, str) else None,
        )

    def _next(self, scope: str, before: Run | None, epoch: int) -> Run:
        if before is None:
            return Run(scope, os.urandom(8).hex(), epoch)
        return Run(scope, before.id, epoch, continued=True, started_at=before.started_at)

    def _write(self, run: Run, started_at: str | None, finished_at: str | None) -> None:
        about = {"id": run.id, "started_at": started_at, "finished_at": finished_at}
        self._versions.write(run.scope, run.epoch, filled_with(about))
