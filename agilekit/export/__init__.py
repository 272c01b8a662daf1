"""Exports: everything that projects hold, as one SQLite file or a folder of JSON Lines."""

import sys
from types import ModuleType

from agilekit.export.model import TABLES, Column, ExportError, Table
from agilekit.export.report import ExportReport, Progress, ProjectReport
from agilekit.export.run import export

__all__ = [
    "TABLES",
    "Column",
    "ExportError",
    "ExportReport",
    "Progress",
    "ProjectReport",
    "Table",
    "export",
]


class _Callable(ModuleType):
    """Lets ``from agilekit import export`` be called, too: it gives this module."""

    __call__ = staticmethod(export)


sys.modules[__name__].__class__ = _Callable
