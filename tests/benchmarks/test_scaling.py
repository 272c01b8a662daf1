"""The page on scaling is what its script makes of what was measured."""

from __future__ import annotations

import json
from typing import cast

from benchmarks.scaling import (
    DRAWING,
    MEASURED,
    PAGE,
    PARTS,
    WORKERS,
    Measured,
    drawing,
    measure,
    page,
    simulated,
)


def measured() -> Measured:
    return cast("Measured", json.loads(MEASURED.read_text(encoding="utf-8")))


def test_the_page_is_what_the_script_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(measured())
    assert DRAWING.read_text(encoding="utf-8") == drawing(measured())


def test_the_serial_part_is_measured_on_the_real_code() -> None:
    found = measure((3, 6))
    assert found["accounts"] == [3, 6]
    assert {*found["seconds"]} == {*PARTS}
    assert all(taken >= 0 for values in found["seconds"].values() for taken in values)


def test_more_workers_are_never_slower_and_never_faster_than_they_are_many() -> None:
    seconds = [round(simulated(workers, 0.0, 500), 6) for workers in WORKERS]
    assert seconds == sorted(seconds, reverse=True)
    for workers, taken in zip(WORKERS, seconds, strict=True):
        assert taken >= seconds[0] / workers - 1e-6
