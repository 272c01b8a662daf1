"""What type checkers infer for an export and its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pytest

from agilekit import AgilekitError, FlyingDonut
from agilekit.export import ExportReport, Progress, ProjectReport, export
from agilekit.sandbox import Sandbox

pytestmark = pytest.mark.anyio


async def test_an_export_gives_a_report_by_project(tmp_path: Path) -> None:
    donut = FlyingDonut(**Sandbox().flyingdonut.arguments())
    seen: list[Progress] = []
    report = assert_type(
        await export([donut], tmp_path / "backup.db", on_progress=seen.append), ExportReport
    )
    assert_type(report.projects, tuple[ProjectReport, ...])
    assert_type(report.succeeded, list[ProjectReport])
    assert_type(report.failed, list[ProjectReport])
    assert_type(report.rows, dict[str, int])
    assert_type(report.projects[0].rows, Mapping[str, int])
    assert_type(report.projects[0].error, AgilekitError | None)
    assert_type(seen[0].title, str | None)
