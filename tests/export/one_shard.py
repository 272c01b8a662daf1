"""One shard as a process of its own, which a test can stop and kill: it prints how it ended."""

from __future__ import annotations

import pickle
import sys

from agilekit.errors import AgilekitError
from agilekit.export.shards import run_shard

if __name__ == "__main__":
    shard = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - of the test
    try:
        print(len(run_shard(shard).projects))  # noqa: T201 - the test reads it
    except AgilekitError as error:
        print(f"{type(error).__name__}: {error}")  # noqa: T201
