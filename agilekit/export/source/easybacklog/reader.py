"""Finds the backlogs of an easyBacklog user.

Two requests for the accounts, and one each for the statuses, the locales and the scoring rules;
four for each account, for its backlogs and its companies; and one for each backlog, for its themes,
so that it is seen which ones go to another backlog while the export runs. What a backlog takes
stands in project.py.

Only all that a backlog holds tells that it did not change: the server sets no time if a story or a
theme moves, a snapshot is made or deleted, or its account or company changes, and its times have
whole seconds. So a backlog has no revision.

An account without a backlog is a project of its own, ``account-`` and its id, so that it and its
companies are rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

import anyio
from attrs import define, evolve, field, frozen

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
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.easybacklog.project import ProjectFetch
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.easybacklog.rows import SERVICE, Rows, SharedEntities
from agilekit.export.source.easybacklog.texts import exactly
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, PreviousExport, ref_of_connection
from agilekit.session.workers import Job

__all__ = ["EasyBacklogReader"]

E = TypeVar("E", Locale, ScoringRule, SprintStoryStatus)

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
    """A `ProjectReader`. A client of this service leads to all backlogs of its user's accounts."""

    easy: EasyBacklog
    limiter: ReadLimiter
    _listed: dict[str, _Listed] | None = field(init=False, default=None)
    _accounts: list[Account] = field(init=False, factory=list[Account])
    _shared: SharedEntities | None = field(init=False, default=None)
    _lock: anyio.Lock = field(init=False, factory=anyio.Lock)

    @property
    def connection_ref(self) -> ProjectRef:
        return ref_of_connection(SERVICE, self.easy.base_url)

    async def projects(self) -> list[ProjectRef]:
        easy, exact = self.easy, self.easy.exact()
        self._accounts = await exactly(
            Account, self.limiter, easy, exact, lambda client: client.accounts.all()
        )
        lists: dict[int, list[Backlog]] = {}
        themes: dict[int, frozenset[int]] = {}

        async def list_backlogs(account: Account) -> None:
            lists[account.id] = await exactly(
                Backlog,
                self.limiter,
                easy,
                exact,
                lambda client: client.backlogs.all(account, include_archived=True),
            )

        async def list_themes(backlog: Backlog) -> None:
            themes[backlog.id] = await self._themes(backlog.id)

        await self.limiter.run_unlimited(
            partial(list_backlogs, account) for account in self._accounts
        )
        await self.limiter.run_unlimited(
            partial(list_themes, one) for listed in lists.values() for one in listed
        )
        self._listed = {
            one.id: one
            for account in self._accounts
            for one in [
                _Listed(account, one, themes[one.id]) for one in lists[account.id] if one.id
            ]
            or [_Listed(account)]  # a project of its own
        }
        ref = self.connection_ref
        return [evolve(ref, project_id=id, title=one.title) for id, one in self._listed.items()]

    async def revision(self, project: ProjectRef) -> str | None:
        return project.revision  # None, see above

    async def read(
        self, project: ProjectRef, on_read: OnRead, _previous: PreviousExport | None = None
    ) -> ProjectData:
        async with self._lock:
            # Nothing was listed if this is not the process that has found the projects.
            if self._listed is None or project.project_id not in self._listed:
                await self.projects()
            if self._listed is None or project.project_id not in self._listed:
                raise NotFound(f"there is no backlog {project.project_id}", status=404)
            listed = self._listed[project.project_id]
            shared = await self._shared_entities()
        if listed.backlog is None:
            return Rows(project, shared).account_without_backlogs(listed.account)
        fetch = ProjectFetch(
            self.easy,
            self.easy.exact(),
            self.limiter,
            project,
            on_read,
            listed.account.id,
            listed.backlog,
            listed.themes,
        )
        return await fetch.read(shared)

    async def _themes(self, backlog_id: int) -> frozenset[int]:
        try:
            themes = await self.limiter.run(lambda: self.easy.themes.all(backlog_id))
        except (ApiError, DecodeError) as error:
            raise_unless_refused(error)
            return frozenset()  # the reading of the backlog will meet the error
        return frozenset(one.id for one in themes)

    async def _shared_entities(self) -> SharedEntities:
        if self._shared is None:
            easy, exact, companies = self.easy, self.easy.exact(), dict[int, list[Company]]()
            statuses = dict[int, SprintStoryStatus]()
            locales, rules = dict[int, Locale](), dict[int, ScoringRule]()

            async def read_companies(account: Account) -> None:
                companies[account.id] = await exactly(
                    Company,
                    self.limiter,
                    easy,
                    exact,
                    lambda client: client.companies.all(account),
                )

            jobs: list[Job] = [partial(read_companies, one) for one in self._accounts]
            jobs += [
                partial(self._fill, statuses, easy.statuses.all),
                partial(self._fill, locales, easy.locales.all),
                partial(self._fill, rules, easy.scoring_rules.all),
            ]
            await self.limiter.run_unlimited(jobs)
            accounts = {one.id: one for one in self._accounts}
            self._shared = SharedEntities(accounts, companies, statuses, locales, rules)
        return self._shared

    async def _fill(self, by_id: dict[int, E], read: Callable[[], Awaitable[list[E]]]) -> None:
        by_id.update((one.id, one) for one in await self.limiter.run(read))
