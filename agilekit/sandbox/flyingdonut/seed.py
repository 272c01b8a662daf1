"""What a fresh project holds: a bucket and nothing else, or something to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agilekit.sandbox.flyingdonut.state import (
    Assignment,
    BurndownItem,
    Card,
    Number,
    Phase,
    Remaining,
    Sprint,
    TaskState,
)
from agilekit.sandbox.options import Seed, check_seed

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.project import Project

_FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
_LENGTH = timedelta(days=5)


def title(seed: Seed) -> str:
    check_seed(seed)
    return "Lighthouse Logbook" if seed == "demo" else "Empty Logbook"


def fill(seed: Seed, project: Project) -> None:
    project.add_bucket("Default")
    if seed == "demo":
        _demo(project)


def _demo(project: Project) -> None:
    ready = next(iter(project.buckets.values()))
    someday = project.add_bucket("Someday")

    first = _sprint(project, "Sprint 1: light the lamp", 0, "past")
    done = project.add_card("Keepers sign in", estimate=5, sprint=first)
    _task(project, done, "Login form", 3, "done")
    _task(project, done, "Remember me", 1.5, "done")
    lamp = project.add_card("Lamp status on the front page", estimate=3, sprint=first)
    _task(project, lamp, "Read the lamp sensor", 4, "done")
    project.add_card("Choose a colour scheme", estimate=1, sprint=first)
    tidy = project.placeholder_of(first)
    _task(project, tidy, "Clear out the test accounts", 1, "done")
    project.add_burndown(
        first,
        [
            _line(tidy, 1, 1, 1, 1, 0, 0),
            _line(done, 4.5, 4.5, 3, 1.5, 0, 0),
            _line(lamp, 4, 4, 4, 2, 2, 0),
        ],
    )

    second = _sprint(project, "Sprint 2: the ships' log", 1, "active")
    log = project.add_card(
        "Write down passing ships",
        summary="Name, flag and *heading* of each ship, one line a ship.",
        estimate=8,
        sprint=second,
    )
    _task(project, log, "Table of ships", 2, "done")
    _task(project, log, "Form for a sighting", 5, "in-progress")
    _task(project, log, "Warn of doubles", 0.5)
    fog = project.add_card("Fog horn schedule", estimate=5, sprint=second)
    _task(project, fog, "Import the tide table", 3)
    project.add_card("Print a day's log", sprint=second)
    project.add_burndown(second, [_line(log, 7.5, 7.5, 5.5), _line(fog, 3, 3, 3)])

    third = _sprint(project, "Sprint 3: visitors", 2, "future")
    project.add_card("Book a guided tour", bucket=someday, estimate=8, sprint=third)

    project.add_card("Search the log by flag", bucket=ready, estimate=3)
    weather = project.add_card(
        "Show the weather beside the log",
        bucket=ready,
        summary="Wind, sight & swell at the hour of the sighting.",
        estimate=5,
    )
    _task(project, weather, "Find a free forecast", 2)
    project.add_card("Night mode", bucket=ready)
    project.add_card("Count gulls", bucket=someday, estimate=0.5)
    project.add_card("Log entries by radio", bucket=someday, summary="Ask the coast guard first.")
    if project.recorded.milestones:
        project.add_milestone("Open to visitors", sprints=(second, third))


def _sprint(project: Project, name: str, number: int, phase: Phase) -> Sprint:
    start = _FIRST_DAY + number * timedelta(days=7)
    end = start + _LENGTH - timedelta(milliseconds=1)
    return project.add_sprint(name, start=start, end=end, phase=phase)


def _task(
    project: Project, card: Card, name: str, hours: Number, state: TaskState = "todo"
) -> None:
    task = project.add_task(card, name, estimate=hours, state=state)
    if state != "todo":
        when = _FIRST_DAY + timedelta(hours=9 + task.cid)
        task.users.append(Assignment(project.owner, when, project.owner))
        left = 0 if state == "done" else hours / 2
        task.time_remaining.append(Remaining(left, when + timedelta(hours=1), project.owner))


def _line(card: Card, original: Number, *remaining: Number) -> BurndownItem:
    return BurndownItem(card.cid, card.title.value, original, remaining)
