"""Which characters answers show of a text, by default and as a server of Rails 3.2 was seen to."""

from __future__ import annotations

import pytest

from tests.sandbox.easybacklog.caller import Caller, parsed

pytestmark = pytest.mark.anyio

CRITERION = "acceptance_criteria/acceptance_criterion"
TEXT = "a\u00e9 \U0001f389 \U00020bb7 \x07 \r\nb"


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def short(caller: Caller) -> Caller:
    caller.service.sixteen_bits = True
    return caller


async def test_by_default_json_shows_each_character(caller: Caller) -> None:
    answer = await caller.http.post(caller.stories, data={"as_a": TEXT})
    assert answer.json()["as_a"] == TEXT
    [story] = (await caller.http.get(caller.stories)).json()
    assert story["as_a"] == TEXT


async def test_json_may_keep_16_bits_of_each_character(short: Caller) -> None:
    answer = await short.http.post(short.stories, data={"as_a": TEXT})
    kept = "a\u00e9 \uf389 \u0bb7 \x07 \r\nb"
    assert answer.status_code == 201
    assert answer.json()["as_a"] == kept
    [story] = (await short.http.get(short.stories)).json()
    assert story["as_a"] == kept
    [theme] = (await short.whole(short.themes)).json()
    assert theme["stories"][0]["as_a"] == kept
    assert (await short.whole(short.of_backlog)).json()["themes"][0]["stories"][0]["as_a"] == kept


async def test_the_answer_is_as_recorded(short: Caller) -> None:
    answer = await short.http.post(short.stories, data={"i_want_to": "\U0001f389"})
    assert b'"i_want_to":"\\uf389"' in answer.content
    assert [story.i_want_to for story in short.service.stories.values()] == ["\U0001f389"]


async def test_some_of_16_bits_are_half_a_surrogate(short: Caller) -> None:
    answer = await short.http.post(short.stories, data={"i_want_to": "\U0001d83d"})
    assert b'"i_want_to":"\\ud83d"' in answer.content


async def test_xml_shows_the_stored_text_but_for_what_it_cannot_hold(short: Caller) -> None:
    await short.http.post(short.stories, data={"as_a": TEXT})
    # A parser of XML reads CR LF as LF.
    shown = "a\u00e9 \U0001f389 \U00020bb7 \ufffd \nb"
    root = await short.xml(short.stories)
    assert root[0].findtext("as-a") == shown
    assert b" \r\nb" in (await short.http.get(f"{short.stories}.xml")).content


async def test_the_xml_of_a_whole_backlog_has_the_same_characters(short: Caller) -> None:
    story = short.service.add_story(short.theme, as_a=TEXT)
    short.service.add_criterion(story, TEXT)
    root = parsed((await short.whole(short.of_backlog, "xml")).content)
    [element] = root.iter("story")
    assert element.get("as_a") == "a\u00e9 \U0001f389 \U00020bb7 \ufffd \r\nb"
    assert element.findtext(CRITERION) == "a\u00e9 \U0001f389 \U00020bb7 \ufffd \nb"


async def test_by_default_xml_has_a_star_for_what_it_cannot_hold(caller: Caller) -> None:
    story = caller.service.add_story(caller.theme, as_a="\x07")
    caller.service.add_criterion(story, "\x07")
    root = await caller.xml(caller.stories)
    assert root[0].findtext("as-a") == "*"
    [element] = parsed((await caller.whole(caller.of_backlog, "xml")).content).iter("story")
    assert (element.get("as_a"), element.findtext(CRITERION)) == ("*", "*")
