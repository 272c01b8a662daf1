"""The keywords of an export are the same for whatever runs it."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from agilekit import KanbanTool
from agilekit.export import ExportOptions, export
from agilekit.export.run_options import RunOptions


def test_every_keyword_is_an_option_of_a_run() -> None:
    _, in_file, *keywords = signature(RunOptions.of).parameters
    assert in_file == "done_in_file"
    assert keywords == [*ExportOptions.__annotations__]


@pytest.mark.anyio
async def test_another_keyword_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"concurency": 1}
    with pytest.raises(TypeError, match="concurency"):
        await export([KanbanTool("x", token="t")], tmp_path / "x.sqlite", **wrong)
    assert not (tmp_path / "x.sqlite").exists()
