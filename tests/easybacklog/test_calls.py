"""Each call goes out as the document says, and its sample is read the same in either format."""

from __future__ import annotations

from typing import Final, Literal, cast

import pytest

from agilekit import InvalidInput
from agilekit.easybacklog import AcceptanceCriterion, Backlog, EasyBacklog, Sprint, Story
from tests.calls import Call, Sent
from tests.each import each
from tests.easybacklog import entities as it
from tests.easybacklog.calls import CALLS, HABITS
from tests.easybacklog.server import TOKEN, easy_at
from tests.payloads import easybacklog as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

Format = Literal["json", "xml"]

ACCEPTED: Final[dict[Format, str]] = {
    "json": "application/vnd.easybacklog+json; version=1.0",
    "xml": "application/vnd.easybacklog+xml; version=1.0",
}

by_call = each("call", CALLS, ids=lambda call: call.heading)
by_format = each("format", ["json", "xml"])


def answer(call: Call[EasyBacklog], format: Format) -> Say:
    body = call.json if format == "json" or call.xml is None else call.xml.encode()
    return Say(b"" if body is None else body, call.status)


async def made(call: Call[EasyBacklog], format: Format = "json") -> object:
    async with easy_at(Scripted(answer(call, format)), format=format) as easy:
        return await call.make(easy)


@by_call
@by_format
@each("override", [False, True], ids=["", "override"])
async def test_a_call_is_sent_as_documented_and_its_sample_becomes_the_model(
    call: Call[EasyBacklog], format: Format, override: bool
) -> None:
    server = Scripted(answer(call, format))
    async with easy_at(server, format=format, override=override) as easy:
        result = await call.make(easy)
    [request] = server.requests
    assert Sent.of(request, "/api") == HABITS.sent(call, format, override=override)
    overridden = override and call.method in ("PUT", "DELETE")
    assert request.headers.get(HABITS.override) == (call.method if overridden else None)
    assert request.url.host == "localhost"
    assert request.headers["accept"] == ACCEPTED[format]
    assert request.headers["authorization"] == f"token {TOKEN}"
    if request.method in ("POST", "PUT") and request.content:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert result == call.result


@by_call
@by_format
async def test_each_entity_keeps_its_sample_as_raw(call: Call[EasyBacklog], format: Format) -> None:
    result = await made(call, format)
    if result is None or call.heading == "List the Snapshots":
        return
    if format == "xml":
        entity = cast("list[Backlog]", result)[0] if isinstance(result, list) else result
        assert cast("Backlog", entity).raw
    elif isinstance(result, list):
        assert [one.raw for one in cast("list[Backlog]", result)] == call.json
    else:
        assert cast("Backlog", result).raw == call.json


@by_call
async def test_a_call_outside_of_async_with_says_so_and_sends_nothing(
    call: Call[EasyBacklog],
) -> None:
    server = Scripted(answer(call, "json"))
    with pytest.raises(InvalidInput, match="async with"):
        await call.make(easy_at(server))
    assert server.requests == []


async def read(format: Format, body: object, *, associated: bool = False) -> Backlog:
    said = body.encode() if isinstance(body, str) else body
    async with easy_at(Scripted(Say(said)), format=format) as easy:
        return await easy.backlogs.get(604, 357, associated=associated)


# With its children, a backlog has no sample.
async def test_a_backlog_with_its_children_is_the_same_from_json_and_any_xml() -> None:
    tree = await read("json", samples.BACKLOG_TREE, associated=True)
    attributes = await read("xml", samples.BACKLOG_TREE_XML, associated=True)
    assert tree == attributes == it.BACKLOG_TREE
    nested = await read("xml", samples.BACKLOG_TREE_NESTED_XML, associated=True)
    assert nested.themes == tree.themes
    assert nested.sprints is not None
    assert [sprint.completed for sprint in nested.sprints] == [True]


async def test_only_xml_holds_the_snapshots_of_a_backlog() -> None:
    tree = await read("json", samples.BACKLOG_TREE, associated=True)
    assert tree.snapshots is None
    tree = await read("xml", samples.BACKLOG_TREE_XML, associated=True)
    assert tree.snapshots is not None
    [snapshot] = tree.snapshots
    assert (snapshot.id, snapshot.rate, snapshot.themes) == (358, 800, ())
    assert str(snapshot.created_at) == "2011-01-18 19:03:49+00:00"


async def test_the_backlog_that_stands_beside_its_sprints_is_kept_whole_in_raw() -> None:
    tree = await read("xml", samples.BACKLOG_TREE_XML, associated=True)
    assert set(tree.raw) == {"backlog", "snapshots", "sprints"}


async def test_criteria_that_are_only_text_are_read_as_criteria() -> None:
    xml = """
    <backlog>
      <backlog id="357" name="Shop" created_at="2011-01-03 16:03:00 +0100" velocity="">
        <themes><theme name="Home" code="HOM" points="3.0"><stories>
          <story unique_id="1" code="HOM1" as_a="user" score="3.0"><criteria>
            <criterion>It is fast</criterion><criterion>It is small</criterion>
          </criteria></story>
          <story unique_id="2"><criteria><criterion>It is red</criterion></criteria></story>
          <story unique_id="3"><criteria/></story>
        </stories></theme></themes>
      </backlog>
      <snapshots/>
      <sprints>
        <sprint iteration="1" completed="false" total_expected_points_for_this_sprint="15.0"/>
      </sprints>
    </backlog>
    """
    tree = await read("xml", xml.strip(), associated=True)
    assert (tree.name, tree.velocity, tree.snapshots) == ("Shop", None, ())
    assert str(tree.created_at) == "2011-01-03 16:03:00+01:00"
    assert tree.themes is not None
    assert tree.sprints == (Sprint(iteration=1, completed=False, total_expected_points=15.0),)
    [theme] = tree.themes
    assert [
        [one.criterion for one in story.acceptance_criteria or ()] for story in theme.stories or ()
    ] == [["It is fast", "It is small"], ["It is red"], []]


async def only_story_with(criteria: str) -> Story:
    head = "<backlog id='357'><themes><theme><stories><story>"
    tail = "</story></stories></theme></themes></backlog>"
    tree = await read("xml", head + criteria + tail, associated=True)
    [story] = [story for theme in tree.themes or () for story in theme.stories or ()]
    return story


@pytest.mark.parametrize(
    "criteria",
    [
        '<criteria><criterion id="3" position="1">It is fast</criterion></criteria>',
        '<criteria><criterion id="3" position="1" criterion="It is fast"/></criteria>',
        """<acceptance_criteria>
          <acceptance_criterion id="3" position="1">It is fast</acceptance_criterion>
        </acceptance_criteria>""",
    ],
)
async def test_a_criterion_may_have_attributes_beside_its_text(criteria: str) -> None:
    found = AcceptanceCriterion(id=3, position=1, criterion="It is fast")
    assert await only_story_with(criteria) == Story(acceptance_criteria=(found,))


async def test_a_list_named_acceptance_criteria_may_hold_only_text_too() -> None:
    text = "<acceptance_criteria><criterion>It is fast</criterion></acceptance_criteria>"
    found = AcceptanceCriterion(criterion="It is fast")
    assert await only_story_with(text) == Story(acceptance_criteria=(found,))


async def test_children_that_were_not_asked_for_are_none_and_those_that_are_not_there_empty() -> (
    None
):
    backlog = await read("json", samples.BACKLOG)
    assert (backlog.themes, backlog.sprints, backlog.snapshots) == (None, None, None)
    backlog = await read("json", {**samples.BACKLOG, "themes": [], "sprints": None})
    assert (backlog.themes, backlog.sprints) == ((), None)


@by_format
async def test_json_shows_deletable_and_both_formats_show_completed(format: Format) -> None:
    call = next(call for call in CALLS if call.heading == "Retrieve a Sprint")
    sprint = cast("Sprint", await made(call, format))
    assert sprint.completed is True
    assert sprint.deletable is (False if format == "json" else None)


async def test_a_story_without_a_theme_is_read_by_the_shortcut() -> None:
    server = Scripted(Say(samples.STORY))
    async with easy_at(server) as easy:
        story = await easy.stories.get(3158)
        await easy.stories.get(story, theme=cast("int", story.theme_id))
    assert [path for _, path in server.calls] == [
        "/api/stories/3158",
        "/api/themes/1131/stories/3158",
    ]
    assert isinstance(story, Story)
