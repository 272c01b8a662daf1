"""By what an item is known, what is learned of a server, and which items may be a draft's."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit import InvalidInput
from agilekit.bulk import CreateSpec
from agilekit.bulk.identity.marks import JobMark
from agilekit.bulk.identity.matcher import ItemMatcher, same
from agilekit.bulk.report import Created
from agilekit.bulk.store import Entry
from agilekit.easybacklog import specs as easy
from agilekit.flow import specs as flow
from agilekit.flyingdonut import specs as donut
from agilekit.kanbantool import specs as kanban
from agilekit.wire.json import JSON
from tests.bulk.entries import entries, matcher, notes_of
from tests.bulk.servers import TEXTS, Server, servers
from tests.bulk.shelf import Note, Shelf

SPEC = Shelf().kind().spec


def candidates(known: ItemMatcher[Note], draft: Entry, *items: Note) -> list[str]:
    return known.candidates(draft, [known.as_unclaimed(item) for item in items])


# What identifies.


def test_without_a_mark_an_item_is_known_by_its_label() -> None:
    known = matcher()
    (draft,) = entries("Paint  the door ")
    assert not known.by_mark
    assert (
        known.match_key(draft) == known.match_key_of(Note(11, "Paint the door")) == "Paint the door"
    )
    assert known.match_key(draft) != known.match_key_of(Note(11, "paint the door"))


def test_once_a_rewriting_is_known_the_key_is_what_the_server_shows() -> None:
    known = matcher(("Paint the door", "PAINT THE DOOR"))
    (draft,) = entries("Oil the hinges")
    assert known.match_key(draft) == known.match_key_of(Note(11, "OIL THE HINGES"))


def test_an_empty_label_is_that_of_an_item_that_shows_none() -> None:
    known = ItemMatcher(easy.STORIES)
    empty: Sequence[JSON] = ["", None, " "]
    bodies: list[dict[str, JSON]] = [{"as_a": "keeper"}, *({"i_want_to": one} for one in empty)]
    items: list[dict[str, JSON]] = [{"id": 1}, *({"id": 1, "i_want_to": one} for one in empty)]
    for body, shown in product(bodies, items):
        assert known.match_key(Entry(0, {}, body)) == known.match_key_of(easy.STORIES.load(shown))


@settings(deadline=None)
@given(servers(), st.lists(TEXTS, min_size=1, max_size=5))
def test_what_an_answer_has_shown_is_known_by_its_key(server: Server, texts: list[str]) -> None:
    known = matcher(*((text, server(text)) for text in texts))
    for place, text in enumerate(texts):
        (draft,) = entries(text)
        item = Note(place, server(text))
        assert known.match_key(draft) == known.match_key_of(item) or candidates(known, draft, item)


def test_what_a_draft_says_beside_its_label_is_compared_until_it_is_seen_not_to_be_kept() -> None:
    known = matcher()
    draft, other = entries({"text": "a", "size": 3}, {"text": "a"})
    assert known.fields(draft) == {("size", 3)}
    assert known.fields(other) == set()
    assert known.fits(known.fields(draft), Note(1, "a", 3))
    assert not known.fits(known.fields(draft), Note(1, "a", 4))
    assert not known.fits(known.fields(draft), Note(1, "a"))
    assert known.fits(known.fields(other), Note(1, "a", 4))
    known.learn(draft.body, Note(1, "a", 4))
    assert known.fields(draft) == set()
    assert known.fits(known.fields(draft), Note(1, "a", 5))


def test_a_field_that_is_not_shown_is_neither_learned_nor_compared() -> None:
    def shown(note: Note) -> Mapping[str, Hashable]:
        return {"size": note.size} if note.size else {}

    known = ItemMatcher(evolve(SPEC, item_fields=shown))
    (draft,) = entries({"text": "a", "size": 3})
    known.learn(draft.body, Note(1, "a"))
    assert known.fields(draft) == {("size", 3)}
    assert known.fits(known.fields(draft), Note(1, "a"))
    assert not known.fits(known.fields(draft), Note(1, "a", 4))


def test_each_field_that_holds_a_text_has_a_rewriting_of_its_own() -> None:
    known = ItemMatcher(kanban.TASKS)
    body: JSON = {"name": "Paint", "description": "By <night>", "tags": "red"}
    draft = Entry(0, {}, body)
    shown: JSON = {"id": 1, "name": "PAINT", "description": "By &lt;night&gt;", "tags": "red"}
    known.learn(body, kanban.TASKS.load(shown))
    assert known.match_key(draft) == ("PAINT",)
    assert known.fields(draft) == {("description", "By &lt;night&gt;"), ("tags", "red")}
    assert known.fields(draft, str.lower) == {("description", "by <night>"), ("tags", "red")}


def test_a_place_is_compared_unless_the_item_may_have_been_moved() -> None:
    known = ItemMatcher(kanban.TASKS)
    body: JSON = {"name": "Paint", "size_estimate": 3, "workflow_stage_id": 7}
    draft = Entry(0, {}, body)
    assert known.fields(draft) == {("size_estimate", 3), ("workflow_stage_id", 7)}
    assert known.fields(draft, moved=True) == {("size_estimate", 3)}


def test_what_is_compared_hangs_on_what_the_draft_says() -> None:
    alone, other = entries({"text": "a", "size": 3}, {"text": "b", "size": 3})

    def compared(body: JSON) -> Sequence[str]:
        return () if body == alone.body else ("size",)

    known = ItemMatcher(evolve(SPEC, compared=compared))
    assert known.fields(alone) == set()
    assert known.fields(other) == {("size", 3)}


# What is learned.


def test_labels_that_are_rewritten_as_expected_say_nothing_of_others() -> None:
    known = matcher(("Wash", "WASH"))
    (draft,) = entries("Paint the door")
    assert candidates(known, draft, Note(11, "OIL THE HINGES")) == []


def test_a_field_that_is_not_shown_hides_none_behind_it() -> None:
    known = ItemMatcher(kanban.TASKS)
    body: JSON = {"name": "Paint", "description": "By night", "size_estimate": 3, "priority": 1}
    known.learn(body, kanban.TASKS.load({"id": 1, "name": "Paint", "priority": 0}))
    said = dict(known.fields(Entry(0, {}, body)))
    assert said == {"description": "By night", "size_estimate": 3}


@pytest.mark.parametrize(("value", "shown"), [(None, "By night"), ("By night", None)])
def test_a_text_that_appears_or_disappears_is_not_learned_as_a_rewrite(
    value: str | None, shown: str | None
) -> None:
    known = ItemMatcher(kanban.TASKS)
    body: JSON = {"name": "Paint", "description": value}
    known.learn(body, kanban.TASKS.load({"id": 1, "name": "Paint", "description": shown}))
    assert known.fields(Entry(0, {}, body)) == set()
    other: JSON = {"name": "Oil", "tags": "a"}
    assert known.fields(Entry(0, {}, other)) == {("tags", "a")}


def test_names_what_was_not_stored_as_it_was_sent() -> None:
    known = matcher()
    (draft,) = entries({"text": "a", "size": 3})
    assert known.unstored(draft.body, Note(1, "a", 3)) == ()
    assert known.unstored(draft.body, Note(1, "a", 4)) == ("size",)
    assert known.unstored(draft.body, Note(1, "a")) == ("size",)


def test_what_an_answer_shows_of_its_draft_is_told_and_learned() -> None:
    known = matcher()
    draft, next_draft = entries({"text": "a", "size": 3}, {"text": "b", "size": 3})
    result = known.accepted(draft, Note(1, "A", 4))
    assert result == known.created(draft, Note(1, "A", 4))
    assert result.outcome == Created(0, draft.draft, Note(1, "A", 4), ("size",))
    assert known.match_key(next_draft) == "B"
    assert known.fields(next_draft) == set()


@pytest.mark.parametrize(("shows_all", "unstored"), [(True, ("size",)), (False, ())])
def test_a_field_that_is_absent_was_not_stored_only_if_an_item_shows_all_that_it_has(
    shows_all: bool, unstored: Sequence[str]
) -> None:
    def nothing(_: Note) -> Mapping[str, Hashable]:
        return {}

    known = ItemMatcher(evolve(SPEC, item_fields=nothing, shows_all=shows_all))
    (draft,) = entries({"text": "a", "size": 3})
    assert known.unstored(draft.body, Note(1, "a")) == unstored


STORED: Mapping[str, tuple[CreateSpec[Any], JSON, JSON, Sequence[str]]] = {
    "a score in a backlog of 50/90, which does not show the key": (
        easy.STORIES,
        {"i_want_to": "see", "score": 3},
        {"id": 1, "i_want_to": "see", "score_50": None, "score_90": None},
        ("score",),
    ),
    "a score_50 in a backlog of one score": (
        easy.STORIES,
        {"i_want_to": "see", "score_50": "3.0", "score_90": 5},
        {"id": 1, "i_want_to": "see", "score": None},
        ("score_50", "score_90"),
    ),
    "a score that comes as a text": (
        easy.STORIES,
        {"i_want_to": "see", "score": 3},
        {"id": 1, "i_want_to": "see", "score": "3.0"},
        (),
    ),
    "nothing that was cleared": (
        easy.STORIES,
        {"i_want_to": "see", "score": None, "comments": "", "as_a": "  "},
        {"id": 1, "i_want_to": "see", "as_a": None},
        (),
    ),
    "the company of a backlog": (
        easy.BACKLOGS,
        {"name": "Buoys", "company_id": 7},
        {"id": 1, "name": "Buoys", "company_id": None},
        ("company_id",),
    ),
    "an unknown status": (
        easy.SPRINT_STORIES,
        {"story_id": 4, "sprint_story_status_id": 99},
        {"id": 1, "story_id": 4, "sprint_story_status_id": 1},
        ("sprint_story_status_id",),
    ),
    "the code of a theme, which is in capitals": (
        easy.THEMES,
        {"name": "Buoys", "code": "abc"},
        {"id": 1, "name": "Buoys", "code": "ABC"},
        ("code",),
    ),
    "a text that lost characters beyond 16 bits is the same": (
        easy.STORIES,
        {"i_want_to": "see \U0001f389"},
        {"id": 1, "i_want_to": "see \uf389"},
        (),
    ),
    "a card's title in other words": (
        donut.CARDS,
        {"title": {"value": "a & b"}, "estimate": {"value": 3}},
        {
            "_id": "1",
            "cid": 1,
            "title": {"value": "a &amp; b", "version": 0},
            "estimate": {"value": 3, "version": 0},
        },
        ("title",),
    ),
    "nothing of an answer that shows no more than an id": (
        kanban.TASKS,
        {"name": "Paint", "size_estimate": 2},
        {"id": 1},
        (),
    ),
}


@pytest.mark.parametrize(("spec", "body", "shown", "unstored"), STORED.values(), ids=[*STORED])
def test_what_the_services_store_otherwise(
    spec: CreateSpec[Any], body: JSON, shown: JSON, unstored: Sequence[str]
) -> None:
    known = ItemMatcher(spec)
    item, draft = spec.load(shown), Entry(5, {"a": 1}, body)
    assert known.unstored(body, item) == unstored
    end = known.created(draft, item)
    assert end.entry is draft
    assert end.outcome == Created(5, {"a": 1}, item, tuple(unstored))


# Marks.

MARK = JobMark("text", "k3f9x2ab")


def _all_fields(note: Note) -> Mapping[str, Hashable]:
    return {"text": note.text, "size": note.size}


MARKED = evolve(SPEC, item_fields=_all_fields)


def marked() -> ItemMatcher[Note]:
    known = ItemMatcher(MARKED)
    known.mark = MARK
    return known


def test_a_draft_is_given_its_mark_and_is_not_changed_itself() -> None:
    known, draft = marked(), {"text": "Paint", "size": 3}
    assert known.with_mark(17, draft) == {"text": "[ak-k3f9x2ab-17] Paint", "size": 3}
    assert draft == {"text": "Paint", "size": 3}
    assert known.with_mark(17, {"size": 3}) == {"text": "[ak-k3f9x2ab-17]", "size": 3}
    assert known.with_mark(17, "no mapping") == "no mapping"
    assert matcher().with_mark(17, draft) is draft


def test_the_body_of_a_created_draft_is_made_again_unless_the_journal_holds_only_its_text() -> None:
    created = Created(17, {"text": "Paint", "size": 3}, Note(11, "Paint"))
    body = {"text": "[ak-k3f9x2ab-17] Paint", "size": 3}
    assert marked().body_of(created, Shelf().kind().encode) == body
    assert marked().body_of(evolve(created, draft={"card": "Card(…)"}), _refuse) is None


def _refuse(draft: object) -> JSON:
    raise InvalidInput(f"{draft!r} is not valid")


def test_with_a_mark_an_item_is_known_by_nothing_else() -> None:
    known = marked()
    (draft,) = entries({"text": "[ak-k3f9x2ab-0] Paint", "size": 3})
    assert known.by_mark
    item = Note(11, "[AK-K3F9X2AB-0] something else", 9)
    assert known.match_key(draft) == known.match_key_of(item) == known.position(item) == 0
    assert known.fits(known.fields(draft), item)
    assert known.match_key_of(Note(12, "Paint", 3)) is None
    assert matcher().position(item) is None


def test_no_unclaimed_item_may_be_that_of_a_draft_once_the_server_was_seen_to_show_marks() -> None:
    known = marked()
    (draft,) = entries("[ak-k3f9x2ab-0] Paint")
    unclaimed_item = Note(11, "Paint")
    assert candidates(known, draft, unclaimed_item) == ["11"]
    known.learn(draft.body, Note(10, "[ak-k3f9x2ab-0] Paint"))
    assert candidates(known, draft, unclaimed_item) == []


@pytest.mark.parametrize("first", [True, False])
def test_if_a_mark_was_lost_items_are_known_by_their_labels(first: bool) -> None:
    known = marked()
    (draft,) = entries("[ak-k3f9x2ab-0] Paint")
    for shows in (first, not first):
        known.learn(draft.body, Note(10, "[ak-k3f9x2ab-0] Paint" if shows else "Paint"))
    assert not known.by_mark
    assert known.match_key(draft) == "[ak-k3f9x2ab-0] Paint"
    assert candidates(known, draft, Note(11, "Paint")) == ["11"]


# What may be.


def test_an_unclaimed_item_may_be_a_drafts_if_their_texts_are_similar() -> None:
    known = matcher(("Wash", "Wash"))
    (draft,) = entries("Paint the door")
    unclaimed = notes_of(["PAINT THE DOOR!", "Oil the hinges", "Paint the", "x"])
    assert candidates(known, draft, *unclaimed) == ["11", "13"]
    like = known.similar(draft, [known.as_unclaimed(item) for item in unclaimed])
    assert [one.item_id for one in like] == ["11", "13"]


def test_or_if_the_server_may_show_the_one_as_the_other() -> None:
    known = matcher(("ab", "ab"))
    (draft,) = entries("1234567890")
    assert candidates(known, draft, Note(11, "12"), Note(12, "1"), Note(13, "23")) == ["11"]
    known.learn(entries("abcdefgh")[0].body, Note(1, "abcdefgh"))
    assert candidates(known, draft, Note(11, "12"), Note(12, "12345678")) == ["12"]


def test_any_item_may_be_a_drafts_if_nothing_tells_how_the_server_rewrites() -> None:
    known = matcher(("Wash the floor", "floor the Wash"))
    (draft,) = entries("Paint the door")
    assert candidates(known, draft, Note(11, "Untitled")) == ["11"]


def test_any_may_be_of_a_draft_that_was_lost_twice_by_a_server_that_never_answered() -> None:
    (draft,) = entries("Paint the door")
    for known, possible in ((matcher(), True), (matcher(("a", "a")), False)):
        for tries in (0, 1, 2, 3):
            draft.times_lost = tries
            assert bool(candidates(known, draft, Note(11, "Untitled"))) == (possible and tries > 1)


def test_a_text_that_the_server_dropped_may_be_any() -> None:
    known = matcher(("Wash the floor", ""))
    (draft,) = entries("Paint the door")
    assert candidates(known, draft, Note(11, "Untitled")) == ["11"]


STORY = easy.STORIES.load


def test_a_draft_without_a_label_may_be_any_item_if_the_server_makes_one() -> None:
    known = ItemMatcher(easy.STORIES)
    nothing, something = Entry(0, {}, {"as_a": "keeper"}), Entry(1, {}, {"i_want_to": "see"})
    unclaimed_item = known.as_unclaimed(STORY({"id": 12, "i_want_to": "Untitled"}))
    known.learn({"i_want_to": "go"}, STORY({"id": 1, "i_want_to": "go"}))
    assert known.candidates(nothing, [unclaimed_item]) == []
    known.learn({"as_a": "keeper"}, STORY({"id": 2, "as_a": "keeper"}))
    assert known.candidates(nothing, [unclaimed_item]) == []
    known.learn({"as_a": "keeper"}, STORY({"id": 3, "i_want_to": "Untitled"}))
    assert known.candidates(nothing, [unclaimed_item]) == ["12"]
    assert known.candidates(something, [unclaimed_item]) == []


def test_a_label_without_a_text_may_be_any_if_the_server_shows_it_otherwise() -> None:
    known = ItemMatcher(kanban.TIMERS)
    body: dict[str, JSON] = {"task_id": 7, "started_at": "2026-05-04T12:00:00Z"}
    later: JSON = {"id": 12, "task_id": 7, "started_at": "2026-05-04T14:00:00Z"}
    draft, unclaimed_item = Entry(0, {}, body), known.as_unclaimed(kanban.TIMERS.load(later))
    known.learn(body, kanban.TIMERS.load({"id": 11, **body}))
    assert known.candidates(draft, [unclaimed_item]) == []
    known.learn(body, kanban.TIMERS.load(later))
    assert known.candidates(draft, [unclaimed_item]) == ["12"]


def test_an_answer_that_shows_no_more_than_an_id_teaches_nothing() -> None:
    known = ItemMatcher(flow.TASKS)
    body: dict[str, JSON] = {"task_text": "Oil the hinges"}
    known.learn(body, flow.TASKS.load({"task_id": 11, **body}))
    draft = Entry(0, {}, {"task_text": "Paint"}, times_lost=2)
    unclaimed_item = known.as_unclaimed(flow.TASKS.load({"task_id": 12, "task_text": "Untitled"}))
    assert known.candidates(draft, [unclaimed_item]) == ["12"]
    known.mark = JobMark("task_text", "k3f9x2ab")
    known.learn({"task_text": "[ak-k3f9x2ab-0] Oil"}, flow.TASKS.load({"task_id": 13}))
    assert known.by_mark
    assert known.candidates(draft, [unclaimed_item]) == ["12"]


CHANGED: Sequence[tuple[int | None, bool, bool]] = [
    (4, False, False),
    (4, True, False),
    (5, False, True),
    (5, True, True),
    (None, False, False),
    (None, True, True),
]


@pytest.mark.parametrize(("changes", "earlier", "possible"), CHANGED)
def test_an_unclaimed_item_that_was_changed_may_be_that_of_any_draft_sent_before_it_was_created(
    changes: int | None, earlier: bool, possible: bool
) -> None:
    def counted(note: Note) -> int | None:
        return 4 if note.id == 1 else changes  # what this server gives to what is new

    known = ItemMatcher(evolve(SPEC, label_changes=counted))
    known.learn(entries("a")[0].body, Note(1, "a"))
    (draft,) = entries("Paint the door")
    draft.high_water_mark, draft.by_earlier_run = 10, earlier
    assert candidates(known, draft, Note(10, "x"), Note(11, "y")) == (["11"] if possible else [])


def test_a_draft_without_a_text_is_like_no_other_but_of_its_key() -> None:
    known = ItemMatcher(easy.STORIES)
    draft = Entry(0, {}, {"as_a": "keeper"}, times_lost=5)
    some = [STORY({"id": 11}), STORY({"id": 12, "i_want_to": "see"})]
    assert [one.item_id for one in known.similar(draft, map(known.as_unclaimed, some))] == ["11"]


def test_any_text_of_the_label_may_be_similar() -> None:
    known = matcher()
    (draft,) = entries("Paint the door")
    assert known.is_similar(draft, known.as_unclaimed(Note(11, "the door")))
    assert not known.is_similar(draft, known.as_unclaimed(Note(11, "Oil")))


def test_a_trace_keeps_what_settling_compares() -> None:
    def size(note: Note) -> int | None:
        return note.size

    known = ItemMatcher(evolve(SPEC, label_changes=size))
    assert known.as_unclaimed(Note(11, "Paint  1", 2)).is_original is None
    known.learn(entries("a")[0].body, Note(1, "a", 3))
    known.learn(entries("a")[0].body, Note(2, "a", 2))
    known.learn(entries("a")[0].body, Note(3, "a", 4))
    trace = known.as_unclaimed(Note(11, "Paint  1", 2))
    assert (trace.item_id, trace.sequence, trace.match_key) == ("11", 11, "Paint 1")
    assert (trace.texts, trace.is_original) == (("Paint  1",), True)
    assert known.as_unclaimed(Note(11, "Paint  1", 3)).is_original is False


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("ab", "ba", True),
        ("aab", "abb", False),
        ("", "", True),
        ("a", "", False),
        ("a", "aa", False),
    ],
)
def test_the_same_labels_in_any_order(
    one: Sequence[Hashable], other: Sequence[Hashable], are: bool
) -> None:
    assert same(one, other) == are


def cut(text: str) -> str:
    return text[:9]


@pytest.mark.parametrize("rewrite", [str.upper, str.title, cut])
def test_the_rewrites_include_the_one_that_made_the_labels(rewrite: Callable[[str], str]) -> None:
    texts = ["Paint the door", "Oil the hinges"]
    shown = notes_of([rewrite(text) for text in texts])[::-1]
    ways = matcher().rewrites(entries(*texts), shown)
    assert any(same(mine, theirs) for _, mine, theirs in ways)
