"""The command line as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

AGILEKIT = (sys.executable, "-m", "agilekit")
# A process that was started in the background ignores interrupts, and hands that on.
_CODE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from agilekit.cli import main
main()
"""
INTERRUPTIBLE = (sys.executable, "-c", _CODE)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of agilekit, and with `variables`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AGILEKIT_")}
    return inherited | {"PYTHONUNBUFFERED": "1", "COLUMNS": "80"} | variables


def agilekit(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AGILEKIT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(**variables),
        check=False,
    )
