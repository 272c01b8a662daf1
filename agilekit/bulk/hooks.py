"""The caller's functions that a job calls. What they raise ends the job, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from agilekit.bulk.report import BulkProgress, Outcome, ProgressHook

__all__ = ["Hooks", "OutcomeHook"]

T = TypeVar("T")
A = TypeVar("A")

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
        if not self._call(self._on_outcome, outcome):
            self._on_outcome = None

    def progress(self, progress: BulkProgress) -> None:
        if not self._call(self._on_progress, progress):
            self._on_progress = None

    def _call(self, hook: Callable[[A], object] | None, argument: A) -> bool:
        try:
            if hook is not None:
                hook(argument)
        except BaseException as error:  # noqa: BLE001 - the caller's own; raised at the end
            self._failed(error)
            return False
        return True
