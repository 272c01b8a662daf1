"""How much of a server's limit is used, and how much is refused, by a table of servers."""

from __future__ import annotations

from typing import Final

import pytest

from tests.session.pace_table import ROWS, Row
from tests.sizes import FULL

_SHORT: Final = {"200/s, one early 429", "200/s, 3 % stray, first 5 s", "16/s, 5 % stray"}


def check(row: Row) -> None:
    used, refused = row.run()
    assert used >= row.used, f"{used:.1%} used"
    assert refused <= row.refused, f"{refused:.2%} refused"


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in _SHORT], ids=str)
def test_a_rate_is_found_within_seconds(row: Row) -> None:
    check(row)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS[:: 1 if FULL else 3], ids=str)
def test_a_limit_is_used_and_seldom_exceeded(row: Row) -> None:
    check(row)
