"""Creates that are under way at once in one container of easyBacklog may not see each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import anyio
import httpx
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.easybacklog import Race, Theme
from tests.virtual_time import in_virtual_time

T = TypeVar("T")

LATENCY: Final = 0.1
BARE: Final[dict[str, object]] = {}


class Racers:
    """Posts to the easyBacklog of a sandbox, at once or one after another."""

    def __init__(self, *, odds: float = 1, seed: int = 0, latency: float = LATENCY) -> None:
        self.sandbox = Sandbox("empty", faults=Faults(latency=latency))
        self.easy = self.sandbox.easybacklog
        self.easy.race = Race(odds=odds, seed=seed)
        self.backlog = self.easy.backlogs[self.easy.backlog_id]
        self.theme: Theme = self.easy.themes[self.backlog.themes[0]]
        self.themes = f"/backlogs/{self.backlog.id}/themes"
        self.stories = f"/themes/{self.theme.id}/stories"
        self.http = httpx.AsyncClient(
            transport=self.sandbox.transport(),
            base_url=self.easy.base_url,
            headers={"Authorization": f"token {self.easy.token}"},
        )

    async def at_once(self, *calls: tuple[str, object]) -> list[httpx.Response]:
        """The answers in the order of the calls; they come a moment apart, so in this order."""
        answers: dict[int, httpx.Response] = {}

        async def post(number: int, path: str, form: object) -> None:
            await anyio.sleep(number * LATENCY / 1000)
            answers[number] = await self.http.post(path, json=form)

        async with anyio.create_task_group() as tasks:
            for number, (path, form) in enumerate(calls):
                tasks.start_soon(post, number, path, form)
        return [answers[number] for number in range(len(calls))]

    async def in_turn(self, *calls: tuple[str, object]) -> list[httpx.Response]:
        return [await self.http.post(path, json=form) for path, form in calls]

    async def shown(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.http.get(path)).json()
        return found


def values(answers: Sequence[httpx.Response], name: str) -> list[object]:
    return [answer.json().get(name) for answer in answers]


def run(backend: str, main: Callable[[], Awaitable[T]]) -> T:
    return in_virtual_time(backend, main)


def names(path: str, *given: str) -> list[tuple[str, object]]:
    return [(path, {"name": name}) for name in given]


HOMES: Final = ("Home page", "Home paper", "Home path")


def test_themes_that_race_get_the_same_code_and_position(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        answers = await racers.at_once(*names(racers.themes, *HOMES))
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        # Each overlooks the one just before it.
        assert values(answers, "code") == ["HOP", "HOP", "HO1"]
        assert values(answers, "position") == [2, 2, 3]

    run(anyio_backend, main)


def test_the_order_is_lost(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        await racers.at_once(*names(racers.themes, *"ABC"))
        assert [it["name"] for it in await racers.shown(racers.themes)] == [
            "Start here",
            "B",
            "C",
            "A",
        ]

    run(anyio_backend, main)


def test_a_theme_with_a_doubled_code_can_no_longer_be_updated(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        answers = await racers.at_once(*names(racers.themes, *HOMES[:2]))
        for answer in answers:
            path = f"{racers.themes}/{answer.json()['id']}"
            refused = await racers.http.put(path, json={"name": "Other"})
            assert refused.status_code == 422
            assert refused.json()["errors"] == ["Code has already been taken"]
        path = f"{racers.themes}/{answers[0].json()['id']}"
        form = {"name": "Other", "code": "NEW"}
        assert (await racers.http.put(path, json=form)).status_code == 204
        path = f"{racers.themes}/{answers[1].json()['id']}"
        assert (await racers.http.put(path, json={"name": "Another"})).status_code == 204

    run(anyio_backend, main)


def test_a_theme_that_is_sent_twice_at_once_is_there_twice(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        answers = await racers.at_once(*names(racers.themes, "A", "A", "A"))
        assert [answer.status_code for answer in answers] == [201, 201, 422]
        late = await racers.http.post(racers.themes, json={"name": "A"})
        assert late.json()["errors"] == ["Name has already been taken"]

    run(anyio_backend, main)


def test_a_story_that_would_get_the_unique_id_of_another_is_500(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        calls = [(racers.stories, {"as_a": it}) for it in "abc"]
        answers = await racers.at_once(*calls)
        assert [answer.status_code for answer in answers] == [201, 500, 500]
        assert answers[1].json().keys() == {"status", "message"}
        assert [it["as_a"] for it in await racers.shown(racers.stories)] == ["a"]

    run(anyio_backend, main)


def test_stories_with_unique_ids_of_their_own_lose_their_order_only(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        calls = [(racers.stories, {"unique_id": it}) for it in (1, 2, 3)]
        answers = await racers.at_once(*calls)
        assert values(answers, "position") == [1, 1, 2]
        assert [it["unique_id"] for it in await racers.shown(racers.stories)] == [2, 3, 1]

    run(anyio_backend, main)


def test_criteria_and_stories_of_a_sprint_lose_their_order(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        stories = [racers.easy.add_story(racers.theme) for _ in range(3)]
        criteria = f"/stories/{stories[0].id}/acceptance-criteria"
        await racers.at_once(*[(criteria, {"criterion": it}) for it in "abc"])
        assert [it["criterion"] for it in await racers.shown(criteria)] == ["b", "c", "a"]
        day = racers.easy.clock().date()
        sprint = racers.easy.add_sprint(racers.backlog, start_on=day)
        assigned = f"/sprints/{sprint.id}/sprint-stories"
        ids = [story.id for story in stories]
        answers = await racers.at_once(*[(assigned, {"story_id": it}) for it in ids])
        assert values(answers, "position") == [1, 1, 2]
        found = [it["story_id"] for it in await racers.shown(assigned)]
        assert found == [ids[1], ids[2], ids[0]]

    run(anyio_backend, main)


def test_a_story_that_is_assigned_twice_at_once_is_500(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        story = racers.easy.add_story(racers.theme)
        sprint = racers.easy.add_sprint(racers.backlog, start_on=racers.easy.clock().date())
        call = (f"/sprints/{sprint.id}/sprint-stories", {"story_id": story.id})
        answers = await racers.at_once(call, call)
        assert [answer.status_code for answer in answers] == [201, 500]
        assert (await racers.http.post(call[0], json=call[1])).status_code == 422
        assert len(sprint.stories) == 1

    run(anyio_backend, main)


def test_one_after_another_they_never_race(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        answers = await racers.in_turn(*names(racers.themes, *HOMES))
        assert values(answers, "code") == ["HOP", "HO1", "HO2"]
        assert values(answers, "position") == [2, 3, 4]
        answers = await racers.in_turn(*[(racers.stories, BARE) for _ in range(3)])
        assert values(answers, "unique_id") == [1, 2, 3]

    run(anyio_backend, main)


def test_in_different_containers_they_never_race(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers()
        other = racers.easy.add_theme(racers.backlog, "Other")
        answers = await racers.at_once(
            (racers.stories, BARE), (f"/themes/{other.id}/stories", BARE)
        )
        assert values(answers, "unique_id") == [1, 1]
        assert values(answers, "position") == [1, 1]

    run(anyio_backend, main)


def test_without_a_latency_none_is_under_way_together_with_another(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers(latency=0)
        answers = await racers.at_once(*names(racers.themes, *HOMES))
        assert values(answers, "code") == ["HOP", "HO1", "HO2"]

    run(anyio_backend, main)


def test_by_default_nothing_races(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers(odds=0)
        assert Sandbox("empty").easybacklog.race == Race()
        answers = await racers.at_once(*names(racers.themes, *HOMES))
        assert values(answers, "code") == ["HOP", "HO1", "HO2"]
        answers = await racers.at_once(*[(racers.stories, BARE) for _ in range(3)])
        assert values(answers, "unique_id") == [1, 2, 3]

    run(anyio_backend, main)


def test_a_late_commit_races_with_what_is_under_way_when_it_comes(anyio_backend: str) -> None:
    async def main() -> list[str]:
        racers = Racers()
        racers.sandbox.faults = Faults(commit_late=1, commit_after=(1, 1), latency=LATENCY)
        with pytest.raises(httpx.RemoteProtocolError):
            await racers.http.post(racers.themes, json={"name": HOMES[0]})
        racers.sandbox.faults = Faults(latency=LATENCY)
        await anyio.sleep(1 - LATENCY / 2)
        await racers.http.post(racers.themes, json={"name": HOMES[1]})
        await racers.http.post(racers.themes, json={"name": HOMES[2]})
        return [theme.code for theme in racers.easy.themes.values()][1:]

    assert run(anyio_backend, main) == ["HOP", "HOP", "HO1"]


async def _codes(seed: int, odds: float = 0.3) -> list[object]:
    racers = Racers(odds=odds, seed=seed)
    given = [f"Home page {number}" for number in range(31)]
    return values(await racers.at_once(*names(racers.themes, *given)), "code")


def test_the_same_seed_gives_the_same_races(anyio_backend: str) -> None:
    first, again, other = (run(anyio_backend, partial(_codes, seed)) for seed in (7, 7, 8))
    assert first == again != other
    assert all(many <= 2 for many in Counter(first).values())


def test_assigning_it_starts_its_sequence_anew(anyio_backend: str) -> None:
    async def main() -> None:
        racers = Racers(odds=0.5, seed=3)
        runs: list[list[int]] = []
        for name in ("First", "Second"):
            racers.easy.race = Race(odds=0.5, seed=3)
            theme = racers.easy.add_theme(racers.backlog, name)
            path = f"/themes/{theme.id}/stories"
            answers = await racers.at_once(*[(path, BARE) for _ in range(20)])
            runs.append([answer.status_code for answer in answers])
        assert runs[0] == runs[1]
        assert {201, 500} == set(runs[0])

    run(anyio_backend, main)


@pytest.mark.parametrize("odds", [-0.1, 1.1, float("nan")])
def test_odds_out_of_range_are_refused(odds: float) -> None:
    with pytest.raises(ValueError, match="odds is a probability"):
        Race(odds=odds)


@pytest.mark.anyio
async def test_over_http_they_race_too() -> None:
    racers = Racers(latency=0.05)
    async with racers.sandbox.serve() as server:
        root = server.url + racers.easy.base_path
        async with httpx.AsyncClient(headers=racers.http.headers, trust_env=False) as http:
            racers.http = http
            answers = await racers.at_once(*names(root + racers.themes, *HOMES[:2]))
    assert values(answers, "code") == ["HOP", "HOP"]
