"""Form fields, as nested as what is written."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from agilekit.errors import InvalidInput
from agilekit.wire.form import urlencoded


def test_form_fields_are_nested_and_none_is_empty() -> None:
    pairs = urlencoded({"task": {"name": "Käse & Brot", "due_date": None, "done": True}, "n": 1.5})
    assert parse_qsl(pairs, keep_blank_values=True) == [
        ("task[name]", "Käse & Brot"),
        ("task[due_date]", ""),
        ("task[done]", "true"),
        ("n", "1.5"),
    ]


@pytest.mark.parametrize("value", [[1], "\ud800"])
def test_what_no_form_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        urlencoded({"name": value})
