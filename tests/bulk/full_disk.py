"""A job with a journal on a disk that is full, and goes on when there is room again.

Run as a program, with the journal and the bytes that a file may have.
"""

from __future__ import annotations

import resource
import sys

import anyio

from agilekit import JournalError
from agilekit.bulk import create_many
from agilekit.bulk.journal import read
from tests.bulk.shelf import Shelf, notes


async def main(journal: str, limit: int) -> None:
    shelf, drafts = Shelf(), notes(2000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        await create_many(shelf.kind(batch_size=5), drafts, concurrency=4, journal=journal)
    except JournalError:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.stdout.write("JournalError\n")
        if shelf.requests:
            written = {row.draft for row in read(journal, [])}
            assert {f'{{"text":"{text}"}}' for text in shelf.texts} <= written
    report = await create_many(shelf.kind(batch_size=5), drafts, concurrency=4, journal=journal)
    assert sorted(shelf.texts) == sorted(str(draft["text"]) for draft in drafts)
    sys.stdout.write(f"{report}\n")


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], int(sys.argv[2]))
