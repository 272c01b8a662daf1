"""Finds the backlogs of an easyBacklog user.

Two requests for the accounts, and one each for the statuses, the locales and the scoring rules;
four for each account, for its backlogs and its companies; and one for each backlog, for its themes:
so one that goes to another backlog while the export runs is missed in this. What a backlog takes
stands in easybacklog_backlog.py.

Nothing tells that a backlog did not change but all that it holds: the server sets no time where a
story or a theme moves, a snapshot is made or deleted, or its account or company changes, and its
times have whole seconds. So a backlog has no watermark.

An account without a backlog is a project of its own, ``account-`` and its id, so that it and its
companies are rows.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import anyio
from attrs import define, field, frozen

from agilekit.easybacklog import (
    Account,
    Backlog,
    Company,
    EasyBacklog,
    Locale,
    ScoringRule,
    SprintStoryStatus,
)
from agilekit.errors import ApiError, DecodeError, NotFound
from agilekit.export.source.easybacklog.project import Reading
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.easybacklog.rows import SERVICE, Rows, Shared
from agilekit.export.source.easybacklog.texts import exactly
from agilekit.export.source.reader import Known, Tell, Turns, host_of
from agilekit.export.tables import Found, Part
from agilekit.session.concurrently import Job

__all__ = ["EasyBacklogReader"]

_ACCOUNT: Final = "account-{}"


@frozen
class _Listed:
    """A backlog as the list shows it, or an account that has none."""

    account: Account
    backlog: Backlog | None = None
    themes: frozenset[int] = frozenset()
    """The ids of its themes when it was listed."""

    @property
    def id(self) -> str:
        return str(self.backlog.id) if self.backlog else _ACCOUNT.format(self.account.id)

    @property
    def title(self) -> str | None:
        return self.backlog.name if self.backlog else self.account.name


@define
class EasyBacklogReader:
    """A `Reader`. A client of this service leads to all backlogs of its user's accounts."""

    easy: EasyBacklog
    turns: Turns
    _listed: dict[str, _Listed] | None = field(init=False, default=None)
    _accounts: list[Account] = field(init=False, factory=list[Account])
    _shared: Shared | None = field(init=False, default=None)
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def nothing(self) -> Found:
        return Found(SERVICE, host_of(self.easy.base_url), "", self.easy.base_url)

    async def projects(self) -> list[Found]:
        nothing, easy, exact = self.nothing, self.easy, self.easy.exact()
        self._accounts = await exactly(
            Account, self.turns, easy, exact, lambda client: client.accounts.all()
        )
        lists: dict[int, list[Backlog]] = {}
        themes: dict[int, frozenset[int]] = {}

        async def look(account: Account) -> None:
            lists[account.id] = await exactly(
                Backlog,
                self.turns,
                easy,
                exact,
                lambda client: client.backlogs.all(account, include_archived=True),
            )

        async def look_inside(backlog: Backlog) -> None:
            themes[backlog.id] = await self._themes(backlog.id)

        await self.turns.beside(partial(look, account) for account in self._accounts)
        await self.turns.beside(
            partial(look_inside, one) for listed in lists.values() for one in listed
        )
        self._listed = {
            one.id: one
            for account in self._accounts
            for one in [
                _Listed(account, one, themes[one.id]) for one in lists[account.id] if one.id
            ]
            or [_Listed(account)]
        }
        return [
            Found(SERVICE, nothing.host, id, nothing.base_url, one.title)
            for id, one in self._listed.items()
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
            listed = self._listed[project.project_id]
            shared = await self._what_is_shared()
        if listed.backlog is None:
            return Rows(project, shared).account_alone(listed.account)
        reading = Reading(
            self.easy,
            self.easy.exact(),
            self.turns,
            project,
            tell,
            listed.account.id,
            listed.backlog,
            listed.themes,
        )
        return await reading.read(shared)

    async def _themes(self, backlog_id: int) -> frozenset[int]:
        try:
            themes = await self.turns.one(lambda: self.easy.themes.all(backlog_id))
        except (ApiError, DecodeError) as error:
            raise_unless_refused(error)
            return frozenset()  # whoever reads the backlog will meet the error
        return frozenset(one.id for one in themes)

    async def _what_is_shared(self) -> Shared:
        if self._shared is None:
            easy, companies = self.easy, dict[int, list[Company]]()
            statuses = dict[int, SprintStoryStatus]()
            locales, rules = dict[int, Locale](), dict[int, ScoringRule]()

            async def read_companies(account: Account) -> None:
                companies[account.id] = await exactly(
                    Company,
                    self.turns,
                    easy,
                    easy.exact(),
                    lambda client: client.companies.all(account),
                )

            async def read_statuses() -> None:
                listed = await self.turns.one(lambda: easy.statuses.all())
                statuses.update((one.id, one) for one in listed)

            async def read_locales() -> None:
                listed = await self.turns.one(lambda: easy.locales.all())
                locales.update((one.id, one) for one in listed)

            async def read_rules() -> None:
                listed = await self.turns.one(lambda: easy.scoring_rules.all())
                rules.update((one.id, one) for one in listed)

            jobs: list[Job] = [partial(read_companies, one) for one in self._accounts]
            await self.turns.beside([*jobs, read_statuses, read_locales, read_rules])
            accounts = {one.id: one for one in self._accounts}
            self._shared = Shared(accounts, companies, statuses, locales, rules)
        return self._shared
