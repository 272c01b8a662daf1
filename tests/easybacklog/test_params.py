"""What cannot be right is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from math import inf, nan
from typing import Any, Final

import pytest

from agilekit import InvalidInput
from agilekit.easybacklog import (
    AcceptanceCriterion,
    Account,
    Backlog,
    Company,
    EasyBacklog,
    Locale,
    ScoringRule,
    Snapshot,
    Sprint,
    SprintStory,
    SprintStoryStatus,
    Story,
    Theme,
)
from tests.each import each
from tests.easybacklog.server import easy_at
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Use = Callable[[EasyBacklog, Any], Awaitable[object]]


async def sent_by(use: Callable[[EasyBacklog], Awaitable[object]]) -> list[tuple[str, str]]:
    server = Scripted(Say({"zero_points": True}))
    async with easy_at(server) as easy:
        await use(easy)
    return server.calls


async def refuses(use: Callable[[EasyBacklog], Awaitable[object]], match: str = ".") -> None:
    server = Scripted(Say({}))
    async with easy_at(server) as easy:
        with pytest.raises(InvalidInput, match=match):
            await use(easy)
    assert server.requests == []


async def _awaited(make: Callable[[], Awaitable[object]]) -> object:
    return await make()


def _used(use: Use, it: object, easy: EasyBacklog) -> Awaitable[object]:
    return use(easy, it)


def _create(easy: EasyBacklog, it: Any) -> Awaitable[object]:
    return easy.backlogs.create(604, **it)


def _update(easy: EasyBacklog, it: Any) -> Awaitable[object]:
    return easy.backlogs.update(604, 7069, **it)


def _duplicate(easy: EasyBacklog, it: Any) -> Awaitable[object]:
    return easy.backlogs.duplicate(604, 7069, **it)


# Each place of a method where an entity is named.
PLACES: Final[dict[str, tuple[type[Any], Use]]] = {
    "accounts.get": (Account, lambda e, it: e.accounts.get(it)),
    "accounts.update": (Account, lambda e, it: e.accounts.update(it, name="N")),
    "companies.all": (Account, lambda e, it: _awaited(lambda: e.companies.all(it))),
    "companies.get in": (Account, lambda e, it: e.companies.get(it, 1)),
    "companies.get": (Company, lambda e, it: e.companies.get(1, it)),
    "companies.create": (Account, lambda e, it: e.companies.create(it, name="N")),
    "companies.update": (Company, lambda e, it: e.companies.update(1, it, name="N")),
    "companies.delete": (Company, lambda e, it: e.companies.delete(1, it)),
    "backlogs.all": (Account, lambda e, it: _awaited(lambda: e.backlogs.all(it))),
    "backlogs.get in": (Account, lambda e, it: e.backlogs.get(it, 1)),
    "backlogs.get": (Backlog, lambda e, it: e.backlogs.get(1, it)),
    "backlogs.create": (Account, lambda e, it: e.backlogs.create(it, name="N")),
    "backlogs.update": (Backlog, lambda e, it: e.backlogs.update(1, it, name="N")),
    "backlogs.archive": (Backlog, lambda e, it: e.backlogs.archive(1, it)),
    "backlogs.restore": (Backlog, lambda e, it: e.backlogs.restore(1, it)),
    "backlogs.duplicate": (Backlog, lambda e, it: e.backlogs.duplicate(1, it, name="N")),
    "backlogs.delete": (Backlog, lambda e, it: e.backlogs.delete(1, it)),
    "backlogs.statistics": (Backlog, lambda e, it: e.backlogs.statistics(1, it)),
    "snapshots.get": (Snapshot, lambda e, it: e.snapshots.get(1, 1, it)),
    "snapshots.get in": (Backlog, lambda e, it: e.snapshots.get(1, it, 1)),
    "snapshots.create": (Backlog, lambda e, it: e.snapshots.create(1, it, name="N")),
    "snapshots.delete": (Snapshot, lambda e, it: e.snapshots.delete(1, 1, it)),
    "themes.get": (Theme, lambda e, it: e.themes.get(1, it)),
    "themes.get in": (Backlog, lambda e, it: e.themes.get(it, 1)),
    "themes.create": (Backlog, lambda e, it: e.themes.create(it, name="N")),
    "themes.update": (Theme, lambda e, it: e.themes.update(1, it, name="N")),
    "themes.grab_story": (Story, lambda e, it: e.themes.grab_story(1, 1, it)),
    "themes.grab_story by": (Theme, lambda e, it: e.themes.grab_story(1, it, 1)),
    "themes.move_to": (Backlog, lambda e, it: e.themes.move_to(1, 1, it)),
    "themes.delete": (Theme, lambda e, it: e.themes.delete(1, it)),
    "sprints.get": (Sprint, lambda e, it: e.sprints.get(1, it)),
    "sprints.update": (Sprint, lambda e, it: e.sprints.update(1, it, duration_days=5)),
    "sprints.complete": (Sprint, lambda e, it: e.sprints.complete(1, it)),
    "sprints.reopen": (Sprint, lambda e, it: e.sprints.reopen(1, it)),
    "sprints.delete": (Sprint, lambda e, it: e.sprints.delete(1, it)),
    "stories.get": (Story, lambda e, it: e.stories.get(it)),
    "stories.get by theme": (Story, lambda e, it: e.stories.get(it, theme=1)),
    "stories.create": (Theme, lambda e, it: e.stories.create(it, as_a="user")),
    "stories.update": (Story, lambda e, it: e.stories.update(1, it, as_a="user")),
    "stories.delete": (Story, lambda e, it: e.stories.delete(1, it)),
    "criteria.get": (AcceptanceCriterion, lambda e, it: e.criteria.get(1, it)),
    "criteria.get in": (Story, lambda e, it: e.criteria.get(it, 1)),
    "criteria.create": (Story, lambda e, it: e.criteria.create(it, criterion="C")),
    "criteria.update": (AcceptanceCriterion, lambda e, it: e.criteria.update(1, it, criterion="C")),
    "criteria.delete": (AcceptanceCriterion, lambda e, it: e.criteria.delete(1, it)),
    "sprint_stories.get": (SprintStory, lambda e, it: e.sprint_stories.get(1, it)),
    "sprint_stories.get in": (Sprint, lambda e, it: e.sprint_stories.get(it, 1)),
    "sprint_stories.create": (Sprint, lambda e, it: e.sprint_stories.create(it, story_id=1)),
    "sprint_stories.update": (
        SprintStory,
        lambda e, it: e.sprint_stories.update(1, it, position=1),
    ),
    "sprint_stories.delete": (SprintStory, lambda e, it: e.sprint_stories.delete(1, it)),
    "locales.get": (Locale, lambda e, it: e.locales.get(it)),
    "scoring_rules.get": (ScoringRule, lambda e, it: e.scoring_rules.get(it)),
    "statuses.get": (SprintStoryStatus, lambda e, it: e.statuses.get(it)),
}
KINDS: Final = tuple({kind for kind, _ in PLACES.values()})


@each("place", PLACES)
async def test_an_entity_stands_for_its_id(place: str) -> None:
    kind, use = PLACES[place]
    as_answered = {"companies.all", "backlogs.all"}
    if place in as_answered:
        server = Scripted(Say([]))
        async with easy_at(server) as easy:
            await use(easy, kind(id=77))
        assert "/77/" in server.calls[0][1]
        return
    by_id = await sent_by(lambda easy: use(easy, 77))
    assert await sent_by(lambda easy: use(easy, kind(id=77))) == by_id


@each("place", PLACES)
async def test_what_is_neither_the_entity_nor_an_id_is_refused(place: str) -> None:
    kind, use = PLACES[place]
    others = [other(id=77) for other in KINDS if other is not kind]
    for wrong in (*others, kind(), 0, -1, True, "seven", "\u0667", "7.0", "../1", 7.0, None, [77]):
        if place == "stories.get by theme" and wrong is None:
            continue
        await refuses(partial(_used, use, wrong))


def _it(**values: object) -> Any:
    return values


WRONG: Final[dict[str, list[object]]] = {
    "name": ["", " ", None, 5, "\ud800"],
    "velocity": ["many", nan, inf, True, [3]],
    "rate": [1.5, "1.5", True],
    "use_50_90": ["yes", 1, ""],
    "company_id": [0, -1, "Acme", 1.5, True],
    "archived": [True, "true"],
    "colour": ["red"],
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_backlog_is_not_written_with_a_wrong_value(name: str) -> None:
    for value in WRONG[name]:
        changes = _it(**{name: value})
        draft = _it(**{"name": "N", name: value})
        for use, it in ((_create, draft), (_update, changes), (_duplicate, draft)):
            await refuses(partial(_used, use, it), name)


async def test_other_wrong_values_are_refused_by_the_name_of_their_field() -> None:
    uses: list[tuple[str, Callable[[EasyBacklog], Awaitable[object]]]] = [
        ("locale_id", lambda e: e.accounts.update(604, **_it(locale_id=None))),
        ("default_rate", lambda e: e.accounts.update(604, **_it(default_rate="much"))),
        ("company_id", lambda e: e.companies.create(604, **_it(name="N", company_id=1))),
        ("name", lambda e: e.snapshots.create(604, 7069, name="")),
        ("name", lambda e: e.snapshots.create(604, 7069, **_it(name=None))),
        ("code", lambda e: e.themes.update(7069, 32100, **_it(code=None))),
        ("position", lambda e: e.themes.update(7069, 32100, position=0)),
        ("start_on", lambda e: e.sprints.update(7069, 3533, start_on="soon")),
        ("start_on", lambda e: e.sprints.update(7069, 3533, **_it(start_on=None))),
        ("start_on", lambda e: e.sprints.update(7069, 3533, start_on=datetime(2012, 1, 2))),  # noqa: DTZ001
        ("duration_days", lambda e: e.sprints.update(7069, 3533, duration_days=0)),
        ("completed", lambda e: e.sprints.update(7069, 3533, **_it(completed=True))),
        ("unique_id", lambda e: e.stories.update(32100, 100145, **_it(unique_id=None))),
        ("as_a", lambda e: e.stories.update(32100, 100145, **_it(as_a=5))),
        ("as_a", lambda e: e.stories.update(32100, 100145, as_a="x" * 256)),
        ("as_a", lambda e: e.stories.create(32100, as_a="x" * 300)),
        ("score", lambda e: e.stories.update(32100, 100145, score=nan)),
        ("theme_id", lambda e: e.stories.update(32100, 100145, **_it(theme_id=1))),
        ("criterion", lambda e: e.criteria.update(100145, 240621, criterion="")),
        ("story_id", lambda e: e.sprint_stories.update(3533, 11253, **_it(story_id=1))),
        ("story_id", lambda e: e.sprint_stories.create(3533, **_it(story_id=Theme(id=1)))),
        ("move_to", lambda e: e.sprint_stories.update(3533, 11253, **_it(move_to_sprint_id=None))),
    ]
    for name, use in uses:
        await refuses(use, name)


async def test_what_a_draft_needs_is_named() -> None:
    uses: list[tuple[str, Callable[[EasyBacklog], Awaitable[object]]]] = [
        ("name", lambda e: e.companies.create(604, **_it())),
        ("name", lambda e: e.backlogs.create(604, **_it(velocity=3))),
        ("name", lambda e: e.backlogs.duplicate(604, 7069, **_it())),
        ("name", lambda e: e.themes.create(7069, **_it(code="NET"))),
        ("start_on", lambda e: e.sprints.create(7069, **_it(duration_days=5))),
        ("duration_days", lambda e: e.sprints.create(7069, **_it(start_on="2012-01-02"))),
        ("criterion", lambda e: e.criteria.create(100145, **_it())),
        ("story_id", lambda e: e.sprint_stories.create(3533, **_it(position=1))),
    ]
    for name, use in uses:
        await refuses(use, f"{name} is missing")


async def test_an_update_needs_a_change() -> None:
    uses: list[Callable[[EasyBacklog], Awaitable[object]]] = [
        lambda e: e.accounts.update(604),
        lambda e: e.companies.update(604, 121),
        lambda e: e.backlogs.update(604, 7069),
        lambda e: e.themes.update(7069, 32100),
        lambda e: e.sprints.update(7069, 3533),
        lambda e: e.stories.update(32100, 100145),
        lambda e: e.criteria.update(100145, 240621),
        lambda e: e.sprint_stories.update(3533, 11253),
    ]
    for use in uses:
        await refuses(use, "nothing to change")


@pytest.mark.parametrize("wanted", ["true", 1, None])
async def test_a_choice_is_true_or_false(wanted: Any) -> None:
    await refuses(lambda e: _awaited(lambda: e.backlogs.all(604, include_archived=wanted)))
    await refuses(lambda e: _awaited(lambda: e.themes.all(7069, associated=wanted)))
    await refuses(lambda e: e.stories.get(100145, associated=wanted))
