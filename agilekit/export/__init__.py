"""Exports: everything that projects hold, as one SQLite file or a folder."""

import sys
from types import ModuleType

from agilekit.export.damage import Damage
from agilekit.export.errors import ExportError, TargetError
from agilekit.export.exporter import export
from agilekit.export.manifest import ProjectEntry, TableDigest
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import ExportReport, Progress, ProjectReport
from agilekit.export.run_options import ExportOptions
from agilekit.export.source.readers import Exportable
from agilekit.export.stream import part, rows
from agilekit.export.table import Column, ColumnType, ProjectKey, PythonValue, Row, Table
from agilekit.export.tables import TABLES
from agilekit.export.target.open_target import Format
from agilekit.export.target.target import Run, Target
from agilekit.export.verify import Verification, verify

__all__ = [
    "TABLES",
    "Column",
    "ColumnType",
    "Damage",
    "ExportError",
    "ExportOptions",
    "ExportReport",
    "Exportable",
    "Format",
    "Progress",
    "ProjectData",
    "ProjectEntry",
    "ProjectKey",
    "ProjectRef",
    "ProjectReport",
    "PythonValue",
    "Row",
    "Run",
    "Table",
    "TableDigest",
    "Target",
    "TargetError",
    "Verification",
    "export",
    "part",
    "rows",
    "verify",
]


class _Callable(ModuleType):
    """Lets ``from agilekit import export`` be called, too: it gives this module."""

    __call__ = staticmethod(export)


sys.modules[__name__].__class__ = _Callable
