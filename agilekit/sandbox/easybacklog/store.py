"""The state of an easyBacklog, and the changes that can be made to it.

No method here checks anything: what is not allowed is refused before a change begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from agilekit.sandbox.easybacklog import codes
from agilekit.sandbox.easybacklog.catalogue import ACCEPTED, MODIFIED_FIBONACCI, SCORING_RULES
from agilekit.sandbox.easybacklog.entities import Entities
from agilekit.sandbox.easybacklog.state import (
    Backlog,
    Criterion,
    ScoringRule,
    Sprint,
    SprintStory,
    Story,
    Theme,
)

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from decimal import Decimal


class Store(Entities):
    """What is added, and then copied, moved, completed and removed.

    ``ready_after_reads``: how often a fresh snapshot or duplicate is shown as not ready.
    ``ready_after``: if it is not None, one is ready after that time, however often it was shown.
    ``copies_without_times``: what is copied into a snapshot or a duplicate has null timestamps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ready_after_reads: int = 2
        self.ready_after: timedelta | None = None
        self.copies_without_times: bool = False

    def add_sprint(
        self,
        backlog: Backlog,
        *,
        start_on: date,
        duration_days: int = 5,
        number_team_members: Decimal | None = None,
        explicit_velocity: Decimal | None = None,
    ) -> Sprint:
        """Add the next sprint, with a snapshot of the backlog if it has started."""
        now = self.clock()
        sprint = Sprint(
            id=self.new_id("sprint"),
            backlog_id=backlog.id,
            iteration=len(backlog.sprints) + 1,
            start_on=start_on,
            duration_days=duration_days,
            number_team_members=number_team_members,
            explicit_velocity=explicit_velocity,
            created_at=now,
            updated_at=now,
        )
        self.sprints[sprint.id] = sprint
        backlog.sprints.append(sprint.id)
        self.match_snapshot(sprint)
        return sprint

    def add_snapshot(self, backlog: Backlog, name: str, *, ready: bool = True) -> Backlog:
        """Add a manual snapshot, with its themes or, if it is not ready, with those to come."""
        status = None if ready else "Building snapshot"
        snapshot = self.add_copy(backlog, name, ready=ready, status=status)
        snapshot.parent_backlog_id = backlog.id
        backlog.snapshots.append(snapshot.id)
        return snapshot

    def add_copy(
        self, backlog: Backlog, name: str, *, ready: bool = True, status: str | None = None
    ) -> Backlog:
        """Add a duplicate of a backlog: its settings and its themes, without sprints."""
        copy = self.add_backlog(
            self.accounts[backlog.account_id],
            name,
            velocity=backlog.velocity,
            rate=backlog.rate,
            use_50_90=backlog.use_50_90,
            scoring_rule_id=backlog.scoring_rule_id,
        )
        copy.author_id = backlog.author_id
        if ready:
            self._copy_themes(backlog, copy)
        else:
            copy.not_ready_since = self.clock()
            copy.not_ready_status = status or "Duplicating backlog"
            copy.copy_of = backlog.id
            self._settle(copy)
        return copy

    def complete_sprint(self, sprint: Sprint) -> None:
        """Complete a sprint, to be called in the order of the iterations."""
        sprint.completed_at = self.clock()
        sprint.updated_at = sprint.completed_at
        self.match_snapshot(sprint)

    def match_snapshot(self, sprint: Sprint) -> None:
        """Make the snapshot of a sprint that starts today or is complete, as the server does.

        One that starts later loses its snapshot; one that started earlier gets none by that.
        """
        today = self.clock().date()
        if (sprint.is_completed or sprint.start_on == today) and sprint.snapshot_id is None:
            backlog = self.backlogs[sprint.backlog_id]
            snapshot = self.add_copy(backlog, f"Sprint {sprint.iteration}")
            snapshot.parent_sprint_id = sprint.id
            sprint.snapshot_id = snapshot.id
        elif sprint.start_on > today and not sprint.is_completed and sprint.snapshot_id is not None:
            self.backlogs[sprint.snapshot_id].deleted = True
            sprint.snapshot_id = None

    def shown(self, backlog: Backlog) -> Backlog:
        """The backlog, counted as shown once more; its themes may have arrived."""
        self._settle(backlog)
        if backlog.copy_of is not None:
            backlog.reads += 1
        return backlog

    def scoring_rule(self, backlog: Backlog) -> ScoringRule:
        """The scoring rule of the backlog, or else that of its account, or else the usual one."""
        number = backlog.scoring_rule_id or self.accounts[backlog.account_id].scoring_rule_id
        return SCORING_RULES.get(number or 0, MODIFIED_FIBONACCI)

    def is_accepted(self, story: Story) -> bool:
        assigned = self.sprint_stories.get(story.sprint_story_id or 0)
        return assigned is not None and assigned.sprint_story_status_id == ACCEPTED

    def has_accepted_story(self, sprint_story_id: int) -> bool:
        return self.is_accepted(self.stories[self.sprint_stories[sprint_story_id].story_id])

    def move_story(self, story: Story, theme: Theme) -> None:
        """Put a story at the end of another theme, under another unique id if its own is taken."""
        self.themes[story.theme_id].stories.remove(story.id)
        if any(self.stories[one].unique_id == story.unique_id for one in theme.stories):
            story.unique_id = self.free_unique_id(theme)
        story.theme_id = theme.id
        theme.stories.append(story.id)
        story.updated_at = self.clock()

    def move_theme(self, theme: Theme, target: Backlog) -> None:
        """Put a theme at the end of another backlog, under another name and code if taken there."""
        _vacate(self.backlogs[theme.backlog_id].places, theme.id)
        others = [self.themes[one] for one in target.themes]
        taken = {it.code for it in others}
        if theme.code in taken:
            theme.code = codes.free_code(theme.code, taken)
        theme.name = codes.free_name(theme.name, {it.name for it in others})
        theme.backlog_id = target.id
        target.places.append(theme.id)
        theme.updated_at = self.clock()

    def move_sprint_story(self, assigned: SprintStory, target: Sprint) -> None:
        """Put a sprint story into another sprint, at its old position if that is free there."""
        index = _vacate(self.sprints[assigned.sprint_id].places, assigned.id)
        target.places += [0] * (index + 1 - len(target.places))
        if target.places[index]:
            target.places.append(assigned.id)
        else:
            target.places[index] = assigned.id
        assigned.sprint_id = target.id

    def remove_theme(self, theme: Theme) -> None:
        for one in tuple(theme.stories):
            self.remove_story(self.stories[one])
        self.backlogs[theme.backlog_id].places.remove(theme.id)
        del self.themes[theme.id]

    def remove_story(self, story: Story) -> None:
        if story.sprint_story_id is not None:
            self.remove_sprint_story(self.sprint_stories[story.sprint_story_id])
        for one in tuple(story.criteria):
            self.remove_criterion(self.criteria[one])
        self.themes[story.theme_id].stories.remove(story.id)
        del self.stories[story.id]

    def remove_criterion(self, criterion: Criterion) -> None:
        self.stories[criterion.story_id].criteria.remove(criterion.id)
        del self.criteria[criterion.id]

    def remove_sprint(self, sprint: Sprint) -> None:
        for one in tuple(sprint.stories):
            self.remove_sprint_story(self.sprint_stories[one])
        if sprint.snapshot_id is not None:
            self.backlogs[sprint.snapshot_id].deleted = True
        self.backlogs[sprint.backlog_id].sprints.remove(sprint.id)
        del self.sprints[sprint.id]

    def remove_sprint_story(self, assigned: SprintStory) -> None:
        self.stories[assigned.story_id].sprint_story_id = None
        self.sprints[assigned.sprint_id].places.remove(assigned.id)
        del self.sprint_stories[assigned.id]

    def _settle(self, copy: Backlog) -> None:
        if copy.copy_of is None or copy.not_ready_since is None:
            return
        if self.ready_after is None:
            ready = copy.reads >= self.ready_after_reads
        else:
            ready = self.clock() >= copy.not_ready_since + self.ready_after
        if ready:
            self._copy_themes(self.backlogs[copy.copy_of], copy)
            copy.not_ready_since = copy.not_ready_status = copy.copy_of = None

    def _copy_themes(self, source: Backlog, target: Backlog) -> None:
        time = None if self.copies_without_times else self.clock()
        for old in tuple(source.themes):
            one = self.themes[old]
            theme = evolve(
                one,
                id=self.new_id("theme"),
                backlog_id=target.id,
                created_at=time,
                updated_at=time,
                stories=[],
            )
            self.themes[theme.id] = theme
            target.places.append(theme.id)
            for story in one.stories:
                self._copy_story(self.stories[story], theme, time)

    def _copy_story(self, old: Story, theme: Theme, time: datetime | None) -> None:
        story = evolve(
            old,
            id=self.new_id("story"),
            theme_id=theme.id,
            created_at=time,
            updated_at=time,
            criteria=[],
            sprint_story_id=None,
        )
        self.stories[story.id] = story
        theme.stories.append(story.id)
        for one in old.criteria:
            self.add_criterion(story, self.criteria[one].criterion)


def _vacate(positions: list[int], identifier: int) -> int:
    """The index of an id that leaves a gap there, unless it was the last."""
    index = positions.index(identifier)
    positions[index] = 0
    while positions and not positions[-1]:
        positions.pop()
    return index
