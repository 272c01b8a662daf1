"""What goes wrong with the destination of an export.

::

    ExportError       it could not be written, or not be read
    └── TargetError   what the target itself says of it: all that a `Target` raises
"""

from __future__ import annotations

from agilekit.errors import AgilekitError

__all__ = ["ExportError", "TargetError"]


class ExportError(AgilekitError):
    """The destination of an export could not be written."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path
        """The ``to`` of the export."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class TargetError(ExportError):
    """A step of a target failed: what was there before it is there still.

    Only if the message says that a commit is not known to be done, it may be done.

    advice: if what is there is damaged, what to do about it, as the end of a sentence; None if it
        is not, but cannot be reached, is full, or is taken over by another run.
    """

    def __init__(self, message: str, path: str, advice: str | None = None) -> None:
        super().__init__(message, path)
        self.advice = advice
