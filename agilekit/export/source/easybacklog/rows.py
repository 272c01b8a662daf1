"""The entities of easyBacklog, as rows of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from attrs import frozen

from agilekit.easybacklog import (
    AcceptanceCriterion,
    Account,
    Backlog,
    Company,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Statistics,
    StatisticsPoint,
    Story,
    Theme,
)
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.raw import without
from agilekit.export.table import Row, id_text, json_text
from agilekit.wire.json import JSON

__all__ = ["SERVICE", "Rows", "SharedEntities"]

SERVICE: Final = "easybacklog"

# Source: easyBacklog API documentation, "The Sprint Story Status object".
_ACCEPTED: Final = "accepted"


@frozen
class SharedEntities:
    """What all backlogs of a user have in common."""

    accounts: Mapping[int, Account]
    companies: Mapping[int, Sequence[Company]]
    """By the account that lists them."""
    statuses: Mapping[int, SprintStoryStatus]
    locales: Mapping[int, Locale]
    scoring_rules: Mapping[int, ScoringRule]


@frozen
class Rows:
    """The rows of one backlog."""

    ref: ProjectRef
    shared: SharedEntities

    @property
    def names_of_statuses(self) -> dict[int, str | None]:
        return {id: one.status for id, one in self.shared.statuses.items()}

    def project(self, backlog: Backlog, raw: JSON) -> Row:
        return self.ref.row(
            "projects",
            title=backlog.name,
            state="archived" if backlog.archived else None,
            owner_id=id_text(backlog.author_id),
            created_at=backlog.created_at,
            updated_at=backlog.updated_at,
            raw=json_text(raw),
        )

    def theme(self, theme: Theme) -> Row:
        return self.ref.row(
            "columns",
            kind="theme",
            id=str(theme.id),
            title=theme.name,
            position=theme.position,
            created_at=theme.created_at,
            updated_at=theme.updated_at,
            raw=json_text(without(theme.raw, "stories")),
        )

    def sprint(self, sprint: Sprint) -> Row:
        return self.ref.row(
            "sprints",
            id=str(sprint.id),
            number=sprint.iteration,
            title=None if sprint.iteration is None else f"Sprint {sprint.iteration}",
            state=_phase(sprint),
            starts_at=_morning(sprint.start_on),
            completed_at=sprint.completed_at,
            estimate=sprint.total_allocated_points,
            expected=sprint.total_expected_points,
            completed=sprint.total_completed_points,
            position=sprint.iteration,
            created_at=sprint.created_at,
            updated_at=sprint.updated_at,
            raw=json_text(without(sprint.raw, "sprint_stories", "sprint-stories")),
        )

    def person(self, id: int) -> Row:
        # An id is all that easyBacklog says of a person.
        return self.ref.row("people", id=str(id))

    def card(
        self,
        story: Story,
        theme_id: int | None,
        sprint_story: SprintStory | None,
        sprint: Sprint | None,
    ) -> Row:
        status = (
            None
            if sprint_story is None
            else self.shared.statuses.get(sprint_story.sprint_story_status_id or 0)
        )
        done = status is not None and self._is_done(status)
        return self.ref.row(
            "cards",
            id=str(story.id),
            number=story.unique_id,
            title=_title(story),
            description=story.comments,
            estimate=story.points,
            state=None if status is None else status.status,
            is_done=done,
            column_id=id_text(theme_id),
            sprint_id=None if sprint_story is None else id_text(sprint_story.sprint_id),
            position=story.position,
            created_at=story.created_at,
            updated_at=story.updated_at,
            completed_at=sprint.completed_at if done and sprint else None,
            raw=json_text(without(story.raw, "acceptance_criteria", "acceptance-criteria")),
        )

    def _is_done(self, status: SprintStoryStatus) -> bool:
        named = self.ref.done.ids_among(self.names_of_statuses)
        if named is not None:
            return status.id in named
        return (status.status or "").lower() == _ACCEPTED

    def task(self, criterion: AcceptanceCriterion) -> Row:
        return self.ref.row(
            "tasks",
            id=str(criterion.id),
            card_id=id_text(criterion.story_id),
            title=criterion.criterion,
            position=criterion.position,
            raw=json_text(criterion.raw),
        )

    def account_without_backlogs(self, account: Account) -> ProjectData:
        """An account without backlogs, as a project."""
        project = self.ref.row(
            "projects",
            title=account.name,
            created_at=account.created_at,
            updated_at=account.updated_at,
            raw=json_text(account.raw),
        )
        rows = {"projects": [project], "extras": self.of_account(account.id, None)}
        return self.ref.data(rows, title=account.name)

    def of_account(self, account_id: int, backlog: Backlog | None) -> Iterator[Row]:
        """What a backlog shares with others: all companies of the account, also those that no
        backlog names.
        """
        account = self.shared.accounts.get(account_id)
        own_rule = backlog.scoring_rule_id if backlog else None
        rule_id = own_rule or (account.scoring_rule_id if account else None)
        if account:
            yield self.extra_row("account", account.id, account.name, account.raw)
            if locale := self.shared.locales.get(account.locale_id or 0):
                yield self.extra_row("locale", locale.id, locale.name, locale.raw)
        for company in self.shared.companies.get(account_id, ()):
            yield self.extra_row("company", company.id, company.name, company.raw)
        if rule := self.shared.scoring_rules.get(rule_id or 0):
            yield self.extra_row("scoring_rule", rule.id, rule.title, rule.raw)
        for status in self.shared.statuses.values():
            yield self.extra_row("sprint_story_status", status.id, status.status, status.raw)

    def sprint_story(self, sprint_story: SprintStory) -> Row:
        return self.extra_row("sprint_story", sprint_story.id, None, sprint_story.raw)

    def snapshot(self, snapshot: Snapshot) -> Row:
        return self.extra_row("snapshot", snapshot.id, snapshot.name, snapshot.raw)

    def statistics(self, statistics: Statistics) -> Iterator[Row]:
        yield self.extra_row("statistics", self.ref.project_id, None, dict(statistics.raw))

    def burndown(self, statistics: Statistics) -> Iterator[Row]:
        chart = statistics.burn_down
        if chart is None:
            return
        lines = {"actual": chart.actual, "trend": chart.trend, "projected": chart.projected}
        raw = statistics.raw.get("burn_down", statistics.raw.get("burn-down"))
        for line, points in lines.items():
            answers = raw.get(line) if isinstance(raw, dict) else None
            for index, point in enumerate(points):
                yield self._step(line, index, point, answers)

    def _step(self, line: str, index: int, point: StatisticsPoint, answers: JSON) -> Row:
        day = point.completed_on or point.starts_on
        return self.ref.row(
            "burndown",
            id=f"{line}/{index}",
            line=line,
            step=index if point.iteration is None else point.iteration,
            day=None if day is None else day.isoformat(),
            remaining=point.points,
            unit="points",
            raw=json_text(answers[index])
            if isinstance(answers, list) and index < len(answers)
            else None,
        )

    def extra_row(
        self, kind: str, id: int | str, title: str | None, raw: Mapping[str, JSON]
    ) -> Row:
        return self.ref.row("extras", kind=kind, id=str(id), title=title, raw=json_text(raw))


def _title(story: Story) -> str | None:
    said = {"As a": story.as_a, "I want to": story.i_want_to, "so I can": story.so_i_can}
    title = ", ".join(f"{begin} {text}" for begin, text in said.items() if text)
    return f"{title[0].upper()}{title[1:]}" if title else None


def _phase(sprint: Sprint) -> str | None:
    # Of an archived backlog, `completed?` is true for every sprint. Whether one has begun depends
    # on the day on which the export is looked at.
    return None if sprint.completed_at is None else "past"


def _morning(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
