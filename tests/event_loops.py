"""Which tests run on asyncio and on trio: those in which something waits for something else."""

from __future__ import annotations

from typing import Final

WAITING: Final = ("session/", "versioned/")
"""Folders of the code that waits: what waits elsewhere does so by their means."""
NOTHING_WAITS: Final = (
    *("cli/", "contract/", "easybacklog/", "flow/", "flyingdonut/", "kanbantool/", "wire/"),
    *("sandbox/easybacklog/", "sandbox/flow/", "sandbox/flyingdonut/", "sandbox/kanbantool/"),
)
"""Folders of tests that await calls, but have nothing wait for anything else."""
