"""What the published server answers beyond its document is read all the same."""

from __future__ import annotations

import json
from typing import Literal

import pytest

from agilekit.easybacklog import (
    Account,
    Backlog,
    BurnDown,
    Company,
    Snapshot,
    Sprint,
    Statistics,
    StatisticsPoint,
    Story,
    Theme,
)
from tests.easybacklog import entities as it
from tests.easybacklog.server import easy_at
from tests.payloads import easybacklog as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Format = Literal["json", "xml"]


def as_body(format: Format, body: object) -> bytes:
    return str(body).encode() if format == "xml" else json.dumps(body).encode()


@pytest.mark.parametrize("velocity", ["3.0", 3.0, 3])
async def test_a_decimal_may_be_text_or_a_number(velocity: object) -> None:
    async with easy_at(Scripted(Say({**samples.BACKLOG, "velocity": velocity}))) as easy:
        assert await easy.backlogs.get(604, 357) == it.BACKLOG


async def test_every_attribute_may_be_null_or_missing() -> None:
    async with easy_at(Scripted(Say({}))) as easy:
        assert await easy.accounts.get(604) == Account(id=604)
        assert await easy.sprints.get(7069, 3533) == Sprint(id=3533)
    async with easy_at(Scripted(Say({"burn_down": None}))) as easy:
        assert await easy.backlogs.statistics(604, 7069) == Statistics()
    nulls = {**dict.fromkeys((*samples.SPRINT, "sprint_stories")), "id": 3533}
    async with easy_at(Scripted(Say(nulls))) as easy:
        sprint = await easy.sprints.get(7069, 3533)
    assert (sprint.id, sprint.start_on, sprint.completed) == (3533, None, None)


async def test_an_attribute_that_the_document_does_not_know_is_kept_in_raw() -> None:
    async with easy_at(Scripted(Say({**samples.BACKLOG, "points": 71.0}))) as easy:
        backlog = await easy.backlogs.get(604, 357)
    assert backlog == it.BACKLOG
    assert backlog.raw["points"] == 71.0


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_an_empty_list_is_an_empty_list_whatever_its_root_is_called(format: Format) -> None:
    body = as_body(format, [] if format == "json" else '<nil-classes type="array"/>')
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        assert await easy.accounts.all() == []
        assert await easy.themes.all(7069, associated=True) == []


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("json", {"manual_snapshots": [], "sprint_snapshots": []}),
        ("json", {"manual_snapshots": []}),
        ("json", {"manual_snapshots": None, "sprint_snapshots": []}),
        ("json", []),
        ("xml", '<hash><manual-snapshots type="array"/><sprint-snapshots type="array"/></hash>'),
        ("xml", "<hash><manual-snapshots/><sprint-snapshots/></hash>"),
    ],
)
async def test_a_backlog_may_have_no_snapshots(format: Format, body: object) -> None:
    async with easy_at(Scripted(Say(as_body(format, body))), format=format) as easy:
        assert await easy.snapshots.all(604, 7069) == []


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_statistics_may_say_only_that_there_are_no_points(format: Format) -> None:
    xml = '<statistics><zero-points type="boolean">true</zero-points></statistics>'
    body = as_body(format, {"zero_points": True} if format == "json" else xml)
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        assert await easy.backlogs.statistics(604, 7069) == Statistics(zero_points=True)


async def test_statistics_may_lack_any_key_and_write_numbers_as_text() -> None:
    body = {"burn_down": {"trend": [{"points": "90.5", "duration": "5", "actual": None}]}}
    async with easy_at(Scripted(Say(body))) as easy:
        statistics = await easy.backlogs.statistics(604, 7069)
    point = StatisticsPoint(points=90.5, duration=5)
    assert statistics == Statistics(burn_down=BurnDown(trend=(point,)))


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_a_story_has_the_scores_of_its_backlogs_rule(format: Format) -> None:
    xml = """<hash><id type="integer">1</id><score-50 type="decimal">3.0</score-50>
    <score-90 nil="true"/></hash>"""
    body = as_body(
        format, {"id": 1, "score_50": "3.0", "score_90": None} if format == "json" else xml
    )
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        assert await easy.stories.get(1) == Story(id=1, score_50=3.0)


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_empty_text_is_not_null_in_either_format(format: Format) -> None:
    xml = '<hash><id type="integer">1</id><color></color><comments nil="true"/></hash>'
    body = as_body(format, {"id": 1, "color": "", "comments": None} if format == "json" else xml)
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        story = await easy.stories.get(1)
    assert (story.color, story.comments) == ("", None)


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_a_copy_says_since_when_it_is_not_ready(format: Format) -> None:
    moment = "2012-05-24T13:13:18Z"
    xml = f'<b id="5"><not-ready-since type="datetime">{moment}</not-ready-since></b>'
    body = as_body(format, {"id": 5, "not_ready_since": moment} if format == "json" else xml)
    async with easy_at(Scripted(Say(body)), format=format) as easy:
        backlog = await easy.backlogs.get(604, 5)
        snapshot = await easy.snapshots.get(604, 7069, 5)
    assert (backlog.ready, snapshot.ready) == (False, False)
    assert backlog.not_ready_since == it.BACKLOG_DUPLICATED.created_at
    assert (Backlog().ready, Snapshot().ready) == (True, True)


async def test_a_company_that_was_created_has_no_account() -> None:
    async with easy_at(Scripted(Say(samples.COMPANY_CREATED, 201))) as easy:
        company = await easy.companies.create(604, name="New company name")
    assert isinstance(company, Company)
    assert company.account_id is None


async def test_an_array_in_xml_need_not_say_that_it_is_one() -> None:
    one = f"<themes>{samples.THEME_XML}</themes>".encode()
    two = f"<themes>{samples.THEME_XML}{samples.THEME_CREATED_XML}</themes>".encode()
    async with easy_at(Scripted(Say(one), Say(two), Say(b"<themes/>")), format="xml") as easy:
        assert await easy.themes.all(7069) == [it.THEME]
        assert await easy.themes.all(7069) == [it.THEME, it.THEME_CREATED]
        assert await easy.themes.all(7069) == list[Theme]()


@pytest.mark.parametrize(
    ("story", "points"),
    [
        (Story(score=3), 3),
        (Story(score=0), 0),
        (Story(score_50=3, score_90=5), 3),
        (Story(score=5, score_50=3), 5),
        (Story(), None),
    ],
)
def test_points_are_those_of_a_story_whatever_its_rule(story: Story, points: float | None) -> None:
    assert story.points == points
