"""Exports: everything that projects hold, as one SQLite file or a folder."""

import sys
from types import ModuleType

from agilekit.export.errors import ExportError
from agilekit.export.report import ExportReport, Progress, ProjectReport
from agilekit.export.run import export
from agilekit.export.source.readers import Exportable
from agilekit.export.table import Column, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.open_target import Format
from agilekit.export.verify import Verification, verify

__all__ = [
    "TABLES",
    "Column",
    "ExportError",
    "ExportReport",
    "Exportable",
    "Format",
    "Progress",
    "ProjectReport",
    "Table",
    "Verification",
    "export",
    "verify",
]


class _Callable(ModuleType):
    """Lets ``from agilekit import export`` be called, too: it gives this module."""

    __call__ = staticmethod(export)


sys.modules[__name__].__class__ = _Callable
