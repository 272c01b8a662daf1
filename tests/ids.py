"""How the values of a parameter are shown in the id of a test: briefly."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 200
"""Characters of an id."""
LONGEST_PART: Final = 30


def short(value: object) -> str:
    """The value's `repr`, for ``ids=short``."""
    text = repr(value)
    return text if len(text) <= LONGEST_PART else f"{text[: LONGEST_PART - 3]}..."
