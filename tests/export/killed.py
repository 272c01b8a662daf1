"""An export that is made to be killed: run as a program, it ends with its report if it ends."""

from __future__ import annotations

import sys

import anyio

from agilekit.connections import load
from agilekit.export import export


async def main(connections: str, to: str) -> None:
    clients = {name: one.client(retries=20) for name, one in load(connections).items()}
    print(await export(clients, to=to))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    backend, connections, to = sys.argv[1:]
    anyio.run(main, connections, to, backend=backend)
