"""What goes wrong with the file or folder of an export."""

from __future__ import annotations

from agilekit.errors import AgilekitError

__all__ = ["ExportError"]


class ExportError(AgilekitError):
    """The file or folder of an export could not be written."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path
        """The ``to`` of the export."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
