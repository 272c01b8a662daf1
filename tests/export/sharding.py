"""An export by worker processes that is made to be killed: it ends with its report if it ends."""

from __future__ import annotations

import sys

import anyio

from agilekit.connections import load
from agilekit.export import export


async def main(*arguments: str) -> None:
    connections, to, workers = arguments
    print(await export(load(connections), to, workers=int(workers)))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
