"""What a change changed, the same from either format.

The document says only that these are the fields that were changed. Its sample shows numbers where a
name ends in ``_id`` or ``_order`` and inside ``task_metrics``, and text anywhere else.
"""

from __future__ import annotations

from typing import Final

from agilekit.flow.maps import entries, ids, is_empty
from agilekit.wire.decode import to_float, to_str
from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr

__all__ = ["changed_fields"]

_NUMBERS: Final = ("_id", "_order", "_limit", "_time")
_IDS: Final = ("assignments", "user_ids")


def changed_fields(data: JSON) -> dict[str, JSON]:
    """``change_content`` in its normal form. Raises ValueError for what is no object."""
    if is_empty(data):
        return {}
    if not isinstance(data, dict):
        raise ValueError(f"expected an object, found {short_repr(data)}")
    return {name: _field(name, value) for name, value in data.items()}


def _field(name: str, value: JSON) -> JSON:
    try:
        if name.endswith("_times"):
            return {key: _number(seconds) for key, seconds in entries(value)}
        if name.endswith(_IDS):
            return list(ids(value))
        if name.endswith("task_metrics"):
            return changed_fields(value)
    except ValueError:
        return value
    if name.endswith(_NUMBERS):
        return _number(value)
    return changed_fields(value) if isinstance(value, dict) and value else _text(value)


def _number(value: JSON) -> JSON:
    if is_empty(value):
        return None
    try:
        return to_float(value)
    except ValueError:
        return value


def _text(value: JSON) -> JSON:
    if value is None or value in ([], {}):
        return ""
    return value if isinstance(value, bool | list) else to_str(value)
