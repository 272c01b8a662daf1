"""What users import, call and catch, and the options that they type, is what `public.list` says."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import Final

from tests.surface.surface import surface

STORED: Final = Path(__file__).with_name("public.list")


def test_the_public_surface_is_the_stored_one() -> None:
    """A change that is meant is stored by ``python -m tests.surface > tests/surface/public.list``,
    and told in the changelog.
    """
    stored = STORED.read_text(encoding="utf-8").splitlines()
    changes = unified_diff(stored, surface().splitlines(), "stored", "now", lineterm="", n=0)
    assert "\n".join(changes) == ""


def test_the_stored_surface_names_no_inner_module() -> None:
    text = STORED.read_text(encoding="utf-8")
    for inner in ("session", "wire", "models", "client", "strategies"):
        assert f"{inner}." not in text
