"""An export on a cluster that is made to be killed: run as a program, it prints its report."""

from __future__ import annotations

import sys
from functools import partial

import anyio

from agilekit.connections import load
from agilekit.dask import export_on


def main(address: str, connections: str, to: str) -> None:
    print(anyio.run(partial(export_on, address, load(connections), to=to)))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
