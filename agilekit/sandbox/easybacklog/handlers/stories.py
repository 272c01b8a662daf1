"""Stories and their acceptance criteria, one function a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash
from agilekit.sandbox.easybacklog.codes import unique_id
from agilekit.sandbox.easybacklog.entities import place
from agilekit.sandbox.easybacklog.params import Invalid
from agilekit.sandbox.easybacklog.partial import rule_of
from agilekit.sandbox.renderer import Hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.params import Written
    from agilekit.sandbox.easybacklog.state import Backlog, Criterion, Story
    from agilekit.sandbox.messages import Response

_TEXTS: Final = ("as_a", "i_want_to", "so_i_can", "comments", "color")
_SCORES: Final = ("score", "score_50", "score_90")
_LONGEST: Final = 255  # characters of `as_a`
_UNSEEN: Final = (
    "theme_id",
    "cost_formatted",
    "days_formatted",
    "sprint_story_status_id",
    "sprint_story_id",
    "score_statistics",
    "created_at",
    "updated_at",
)
_CRITERION_UNSEEN: Final = ("story_id", "created_at", "updated_at")


def list_stories(call: Call) -> Response:
    store = call.store
    stories = [store.stories[one] for one in call.theme().stories]
    if call.with_associated_data:
        whole = [Hash(serializers.listed_story_with_criteria(store, it)) for it in stories]
        return call.listing("objects", "object", whole)
    return call.listing("stories", "story", [serializers.story(store, it) for it in stories])


def retrieve_story(call: Call) -> Response:
    return _answer(call, call.story_of_theme())


def retrieve_story_shortcut(call: Call) -> Response:
    return _answer(call, call.story())


def create_story(call: Call) -> Response:
    store, theme = call.store, call.theme()
    backlog = call.editable(store.backlogs[theme.backlog_id], "story")
    siblings = call.siblings("story", theme.id, theme.stories)
    wish, position = _judged(call, backlog, siblings.seen, None)
    if len(wish.as_a or "") > _LONGEST:
        raise Crash("PG::StringDataRightTruncation: value too long for character varying(255)")
    number = wish.unique_id or unique_id([store.stories[it].unique_id for it in siblings.seen])
    if siblings.unseen is not None and store.stories[siblings.unseen].unique_id == number:
        raise Crash("PG::UniqueViolation: index_stories_on_theme_id_and_unique_id")
    story = store.add_story(
        theme,
        as_a=wish.as_a,
        i_want_to=wish.i_want_to,
        so_i_can=wish.so_i_can,
        comments=wish.comments,
        color=wish.color,
        score_50=wish.score_50,
        score_90=wish.score_90,
        unique_id=number,
        position=siblings.position(position),
    )
    siblings.stored(story.id)
    call.touched(backlog)
    return call.record("story", serializers.story(store, story), 201)


def update_story(call: Call) -> Response:
    store, theme, story = call.store, call.theme(), call.story_of_theme()
    backlog = call.editable(store.backlogs[theme.backlog_id], "story")
    wish, position = _judged(call, backlog, theme.stories, story)
    if store.is_accepted(story) and wish != _as_is(story):
        raise Invalid(["Changes to a completed story are not allowed"])
    story.as_a, story.i_want_to, story.so_i_can = wish.as_a, wish.i_want_to, wish.so_i_can
    story.comments, story.color = wish.comments, wish.color
    story.score_50, story.score_90 = wish.score_50, wish.score_90
    story.unique_id = wish.unique_id or story.unique_id
    if position is not None:
        place(theme.stories, story.id, position)
    story.updated_at = store.clock()
    call.touched(backlog)
    return call.done()


def delete_story(call: Call) -> Response:
    story = call.story_of_theme()
    backlog = call.editable(call.backlog_of(story), "story")
    if call.store.is_accepted(story):
        raise Crash("RecordNotDestroyable: the story is accepted")
    call.store.remove_story(story)
    call.touched(backlog)
    return call.done()


def list_criteria(call: Call) -> Response:
    store = call.store
    criteria = [store.criteria[one] for one in call.story().criteria]
    values = [serializers.criterion(store, it) for it in criteria]
    return call.listing("acceptance_criteria", "acceptance_criterion", values)


def retrieve_criterion(call: Call) -> Response:
    return call.record("acceptance_criterion", serializers.criterion(call.store, call.criterion()))


def create_criterion(call: Call) -> Response:
    story = call.story()
    backlog = call.editable(call.backlog_of(story), "acceptance criterion")
    text, position = _judged_criterion(call, story, None)
    siblings = call.siblings("criterion", story.id, story.criteria)
    criterion = call.store.add_criterion(story, text, position=siblings.position(position))
    siblings.stored(criterion.id)
    call.touched(backlog)
    value = serializers.criterion(call.store, criterion)
    at = f"/stories/{story.id}/acceptance_criteria.{criterion.id}"
    return call.record("acceptance_criterion", value, 201, at=at)


def update_criterion(call: Call) -> Response:
    story, criterion = call.story(), call.criterion()
    backlog = call.editable(call.backlog_of(story), "acceptance criterion")
    criterion.criterion, position = _judged_criterion(call, story, criterion)
    if position is not None:
        place(story.criteria, criterion.id, position)
    call.touched(backlog)
    return call.done()


def delete_criterion(call: Call) -> Response:
    story, criterion = call.story(), call.criterion()
    backlog = call.editable(call.backlog_of(story), "acceptance criterion")
    if call.store.is_accepted(story):
        raise Crash("RecordNotDestroyable: the story of this criterion is accepted")
    call.store.remove_criterion(criterion)
    call.touched(backlog)
    return call.done()


def _answer(call: Call, story: Story) -> Response:
    if call.with_associated_data:
        whole = serializers.story_with_criteria(call.store, story)
        return call.record("hash", Hash(whole))
    return call.record("story", serializers.story(call.store, story))


@frozen(kw_only=True)
class _Wish:
    """All of a story that a request may change, but for its position."""

    as_a: str | None
    i_want_to: str | None
    so_i_can: str | None
    comments: str | None
    color: str | None
    score_50: Decimal | None
    score_90: Decimal | None
    unique_id: int | None


def _as_is(story: Story) -> _Wish:
    return _Wish(
        as_a=story.as_a,
        i_want_to=story.i_want_to,
        so_i_can=story.so_i_can,
        comments=story.comments,
        color=story.color,
        score_50=story.score_50,
        score_90=story.score_90,
        unique_id=story.unique_id,
    )


def _judged(
    call: Call, backlog: Backlog, siblings: Sequence[int], now: Story | None
) -> tuple[_Wish, int | None]:
    given = call.written(*_TEXTS, *_SCORES, "unique_id", "position", ignored=_UNSEEN)
    score_50, score_90 = _scores(call, given, backlog, now)
    number = given.integer("unique_id", now.unique_id if now else None)
    others = (call.store.stories[one] for one in siblings if not now or one != now.id)
    if number is not None and any(it.unique_id == number for it in others):
        given.refuse("unique_id", "has already been taken")
    wish = _Wish(
        as_a=given.text("as_a", now.as_a if now else None),
        i_want_to=given.text("i_want_to", now.i_want_to if now else None),
        so_i_can=given.text("so_i_can", now.so_i_can if now else None),
        comments=given.text("comments", now.comments if now else None),
        color=given.word("color", now.color if now else None),
        score_50=score_50,
        score_90=score_90,
        unique_id=number,
    )
    position = given.integer("position")
    given.check()
    return wish, position


def _scores(
    call: Call, given: Written, backlog: Backlog, now: Story | None
) -> tuple[Decimal | None, Decimal | None]:
    """Both scores; under the simple rule a ``score`` is both of them and hides the other two."""
    score_50, score_90 = (now.score_50, now.score_90) if now else (None, None)
    if "score" in given and not backlog.use_50_90:
        given = given.renamed("score", "score_50", "score_90")
    score_50 = given.decimal("score_50", score_50, positive=False)
    score_90 = given.decimal("score_90", score_90, positive=False)
    rule = rule_of(call.store, backlog)
    for name, score in (("score_50", score_50), ("score_90", score_90)):
        allowed = score is None or rule.scores is None or score in rule.scores
        if name in given and not allowed:
            given.refuse(name, f"is not one of {rule.description}")
    if score_50 is not None and score_90 is not None and score_90 < score_50:
        given.refuse("score_90", "must not be less than score 50")
    return score_50, score_90


def _judged_criterion(
    call: Call, story: Story, now: Criterion | None
) -> tuple[str | None, int | None]:
    given = call.written("criterion", "position", ignored=_CRITERION_UNSEEN)
    text, position = (
        given.text("criterion", now.criterion if now else None),
        given.integer("position"),
    )
    given.check()
    if call.store.is_accepted(story):
        raise Invalid(["Cannot edit as story is marked as accepted and therefore locked"])
    return text, position
