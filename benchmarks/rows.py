"""The one list of what is measured, by subject, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks import (
    blocking,
    creating,
    crowd,
    decoding,
    drafts,
    exporting,
    exports,
    importing,
    lasting,
    making,
    pacing,
    paging,
    reading,
    workers,
)
from benchmarks.table import Row

SUBJECTS: Final[Mapping[str, tuple[Row, ...]]] = {
    "reading": reading.ROWS,
    "decoding": decoding.ROWS,
    "making": making.ROWS,
    "lasting": lasting.ROWS,
    "drafts": drafts.ROWS,
    "pacing": pacing.ROWS,
    "exports": exports.ROWS,
    "blocking": blocking.ROWS,
}
WITHOUT_GOAL: Final[Mapping[str, Callable[[], None]]] = {
    "httpx2": reading.on_httpx2,
    "crowd": crowd.main,
    "importing": importing.main,
    "paging": paging.main,
    "journals": creating.main,
    "exporting": exporting.main,
    "workers": workers.main,
}
"""What is of interest beside the table, and is printed in a form of its own."""
