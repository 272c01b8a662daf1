"""Duplicates a backlog, which the service does behind its answer, and waits for the copy."""

from __future__ import annotations

from time import perf_counter

from agilekit import EasyBacklog
from agilekit.demo.checks import check
from agilekit.easybacklog import Backlog


async def main(easy: EasyBacklog) -> None:
    account, *_ = await easy.accounts.all()
    backlog, *_ = await easy.backlogs.all(account)
    wanted = contents(await easy.backlogs.get(account, backlog, associated=True))

    early = await easy.backlogs.duplicate(account, backlog, name="Not awaited")
    there = contents(await easy.backlogs.get(account, early, associated=True))
    print(f"not awaited    {len(there)} of {len(wanted)} stories when the service answers")

    began = perf_counter()
    copy = await easy.backlogs.duplicate(account, backlog, name="Awaited", wait=True)
    seconds = perf_counter() - began
    found = contents(await easy.backlogs.get(account, copy, associated=True))
    check("stories of the copy", len(found), len(wanted))
    check("stories that are not as they were", [one for one in wanted if one not in found], [])
    print(f"wait=True      {len(found)} of {len(wanted)}, after {seconds:.1f} s")


def contents(backlog: Backlog) -> list[tuple[object, ...]]:
    """What the stories of a backlog say, in their order."""
    return [
        (
            theme.name,
            story.i_want_to,
            story.score,
            [one.criterion for one in story.acceptance_criteria or ()],
        )
        for theme in backlog.themes or ()
        for story in theme.stories or ()
    ]
