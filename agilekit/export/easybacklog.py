"""Finds the backlogs of an easyBacklog user.

One request each for the accounts, the statuses, the locales and the scoring rules, and two for each
account; what a backlog takes stands in easybacklog_backlog.py.
"""

from __future__ import annotations

from functools import partial

import anyio
from attrs import define, field

from agilekit.easybacklog import (
    Account,
    Backlog,
    Company,
    EasyBacklog,
    Locale,
    ScoringRule,
    SprintStoryStatus,
)
from agilekit.errors import NotFound
from agilekit.export.easybacklog_backlog import Reading
from agilekit.export.easybacklog_rows import SERVICE, Shared
from agilekit.export.model import Found, Part
from agilekit.export.reader import Known, Tell, Turns, host_of
from agilekit.session.concurrently import Job

__all__ = ["EasyBacklogReader"]


@define
class EasyBacklogReader:
    """A `Reader`. A client of this service leads to all backlogs of its user's accounts."""

    easy: EasyBacklog
    turns: Turns
    _listed: dict[str, tuple[int, Backlog]] | None = field(init=False, default=None)
    """By id: its account, and as the list shows it."""
    _accounts: list[Account] = field(init=False, factory=list[Account])
    _shared: Shared | None = field(init=False, default=None)
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.easy.base_url), "", self.easy.base_url)

    async def projects(self) -> list[Found]:
        nothing = self.nothing
        self._accounts = await self.turns.one(lambda: self.easy.accounts.all())
        lists: dict[int, list[Backlog]] = {}

        async def look(account: Account) -> None:
            lists[account.id] = await self.easy.backlogs.all(account, include_archived=True)

        await self.turns.all(partial(look, account) for account in self._accounts)
        self._listed = {
            str(one.id): (account.id, one)
            for account in self._accounts
            for one in lists[account.id]
            if one.id
        }
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.name, _watermark(one))
            for id, (_, one) in self._listed.items()
        ]

    async def watermark(self, project: Found) -> str | None:
        return project.watermark

    async def read(self, project: Found, tell: Tell, _known: Known | None = None) -> Part:
        async with self._lock:
            # In another process nobody has listed them before.
            if self._listed is None or project.project_id not in self._listed:
                await self.projects()
            if self._listed is None or project.project_id not in self._listed:
                raise NotFound(f"there is no backlog {project.project_id}", status=404)
            account_id, listed = self._listed[project.project_id]
            shared = await self._what_is_shared()
        reading = Reading(self.easy, self.turns, project, tell, account_id, listed)
        return await reading.read(shared)

    async def _what_is_shared(self) -> Shared:
        if self._shared is None:
            easy, companies = self.easy, dict[int, Company]()
            statuses = dict[int, SprintStoryStatus]()
            locales, rules = dict[int, Locale](), dict[int, ScoringRule]()

            async def read_companies(account: Account) -> None:
                companies.update((one.id, one) for one in await easy.companies.all(account))

            async def read_statuses() -> None:
                statuses.update((one.id, one) for one in await easy.statuses.all())

            async def read_locales() -> None:
                locales.update((one.id, one) for one in await easy.locales.all())

            async def read_rules() -> None:
                rules.update((one.id, one) for one in await easy.scoring_rules.all())

            jobs: list[Job] = [partial(read_companies, one) for one in self._accounts]
            await self.turns.all([*jobs, read_statuses, read_locales, read_rules])
            accounts = {one.id: one for one in self._accounts}
            self._shared = Shared(accounts, companies, statuses, locales, rules)
        return self._shared


def _watermark(backlog: Backlog) -> str | None:
    # What a copy is being filled with changes no time, and nor does taking it out of the archive.
    if backlog.updated_at is None or not backlog.ready:
        return None
    archived = ", archived" if backlog.archived else ""
    return f"updated {backlog.updated_at.isoformat()}{archived}"
