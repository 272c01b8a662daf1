"""The caller's functions that a job calls. What they raise ends the job, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from agilekit.bulk.report import BulkProgress, Outcome, ProgressHook

__all__ = ["Hooks", "OutcomeHook"]

T = TypeVar("T")

OutcomeHook: TypeAlias = Callable[[Outcome[T]], object]


class Hooks(Generic[T]):
    """A function that has raised is not called again."""

    def __init__(
        self,
        on_outcome: OutcomeHook[T] | None,
        on_progress: ProgressHook | None,
        failed: Callable[[BaseException], None],
    ) -> None:
        """
        failed: is called with what a function has raised.
        """
        self._on_outcome = on_outcome
        self._on_progress = on_progress
        self._failed = failed

    @property
    def wants_progress(self) -> bool:
        """Whether anybody wants to know how far the job is."""
        return self._on_progress is not None

    def outcome(self, outcome: Outcome[T]) -> None:
        if self._on_outcome and not self.call(partial(self._on_outcome, outcome)):
            self._on_outcome = None

    def progress(self, progress: BulkProgress) -> None:
        if self._on_progress and not self.call(partial(self._on_progress, progress)):
            self._on_progress = None

    def call(self, function: Callable[[], object]) -> bool:
        """Whether a function of the caller's has not raised."""
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - the caller's own; raised at the end
            self._failed(error)
            return False
        return True
