"""Stories, below their theme and by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash
from agilekit.sandbox.easybacklog.codes import unique_id
from agilekit.sandbox.easybacklog.entities import insert_at
from agilekit.sandbox.easybacklog.params import Invalid
from agilekit.sandbox.renderer import Hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.params import Params
    from agilekit.sandbox.easybacklog.state import Backlog, Story
    from agilekit.sandbox.messages import Response

_TEXTS: Final = ("as_a", "i_want_to", "so_i_can", "comments", "color")
_SCORES: Final = ("score", "score_50", "score_90")
_MAX_AS_A: Final = 255  # characters; nothing but the database checks it
_IGNORED: Final = (
    "theme_id",
    "cost_formatted",
    "days_formatted",
    "sprint_story_status_id",
    "sprint_story_id",
    "score_statistics",
    "created_at",
    "updated_at",
)


def list_stories(call: Call) -> Response:
    store = call.store
    stories = [store.stories[one] for one in call.theme().stories]
    if call.with_associated_data:
        whole = [Hash(serializers.listed_story_with_criteria(store, it)) for it in stories]
        return call.respond_list("objects", "object", whole)
    return call.respond_list("stories", "story", [serializers.story(store, it) for it in stories])


def retrieve_story(call: Call) -> Response:
    return _respond(call, call.story_of_theme())


def retrieve_story_shortcut(call: Call) -> Response:
    return _respond(call, call.story())


def create_story(call: Call) -> Response:
    store, theme = call.store, call.theme()
    backlog = call.require_editable(store.backlogs[theme.backlog_id], "story")
    siblings = call.siblings("story", theme.id, theme.stories)
    values, position = _validated(call, backlog, siblings.visible, None)
    if len(values.as_a or "") > _MAX_AS_A:
        raise Crash("PG::StringDataRightTruncation: value too long for character varying(255)")
    number = values.unique_id or unique_id([store.stories[it].unique_id for it in siblings.visible])
    # The race: the database refuses a number that the create could not see was taken.
    if siblings.overlooked is not None and store.stories[siblings.overlooked].unique_id == number:
        raise Crash("PG::UniqueViolation: index_stories_on_theme_id_and_unique_id")
    story = store.add_story(
        theme,
        as_a=values.as_a,
        i_want_to=values.i_want_to,
        so_i_can=values.so_i_can,
        comments=values.comments,
        color=values.color,
        score_50=values.score_50,
        score_90=values.score_90,
        unique_id=number,
        position=siblings.position(position),
    )
    siblings.stored(story.id)
    call.touch(backlog)
    return call.respond("story", serializers.story(store, story), 201)


def update_story(call: Call) -> Response:
    store, theme, story = call.store, call.theme(), call.story_of_theme()
    backlog = call.require_editable(store.backlogs[theme.backlog_id], "story")
    values, position = _validated(call, backlog, theme.stories, story)
    if store.is_accepted(story) and values != _as_is(story):
        raise Invalid(["Changes to a completed story are not allowed"])
    story.as_a, story.i_want_to, story.so_i_can = values.as_a, values.i_want_to, values.so_i_can
    story.comments, story.color = values.comments, values.color
    story.score_50, story.score_90 = values.score_50, values.score_90
    story.unique_id = values.unique_id or story.unique_id
    if position is not None:
        insert_at(theme.stories, story.id, position)
    story.updated_at = store.clock()
    call.touch(backlog)
    return call.respond_empty()


def delete_story(call: Call) -> Response:
    story = call.story_of_theme()
    backlog = call.require_editable(call.backlog_of(story), "story")
    if call.store.is_accepted(story):
        raise Crash("RecordNotDestroyable: the story is accepted")
    call.store.remove_story(story)
    call.touch(backlog)
    return call.respond_empty()


def _respond(call: Call, story: Story) -> Response:
    if call.with_associated_data:
        whole = serializers.story_with_criteria(call.store, story)
        return call.respond("hash", Hash(whole))
    return call.respond("story", serializers.story(call.store, story))


@frozen(kw_only=True)
class _StoryValues:
    """All of a story that a create or an update may set, except its position."""

    as_a: str | None
    i_want_to: str | None
    so_i_can: str | None
    comments: str | None
    color: str | None
    score_50: Decimal | None
    score_90: Decimal | None
    unique_id: int | None


def _as_is(story: Story) -> _StoryValues:
    return _StoryValues(
        as_a=story.as_a,
        i_want_to=story.i_want_to,
        so_i_can=story.so_i_can,
        comments=story.comments,
        color=story.color,
        score_50=story.score_50,
        score_90=story.score_90,
        unique_id=story.unique_id,
    )


def _validated(
    call: Call, backlog: Backlog, siblings: Sequence[int], current: Story | None
) -> tuple[_StoryValues, int | None]:
    params = call.permit(*_TEXTS, *_SCORES, "unique_id", "position", ignored=_IGNORED)
    score_50, score_90 = _scores(call, params, backlog, current)
    number = params.integer("unique_id", current.unique_id if current else None)
    others = (call.store.stories[one] for one in siblings if not current or one != current.id)
    if number is not None and any(it.unique_id == number for it in others):
        params.refuse("unique_id", "has already been taken")
    values = _StoryValues(
        as_a=params.text("as_a", current.as_a if current else None),
        i_want_to=params.text("i_want_to", current.i_want_to if current else None),
        so_i_can=params.text("so_i_can", current.so_i_can if current else None),
        comments=params.text("comments", current.comments if current else None),
        color=params.word("color", current.color if current else None),
        score_50=score_50,
        score_90=score_90,
        unique_id=number,
    )
    position = params.integer("position")
    params.check()
    return values, position


def _scores(
    call: Call, params: Params, backlog: Backlog, current: Story | None
) -> tuple[Decimal | None, Decimal | None]:
    """Both scores; in a backlog without 50/90, a ``score`` is both and hides the other two."""
    score_50, score_90 = (current.score_50, current.score_90) if current else (None, None)
    if "score" in params and not backlog.use_50_90:
        params = params.renamed("score", "score_50", "score_90")
    score_50 = params.decimal("score_50", score_50, positive=False)
    score_90 = params.decimal("score_90", score_90, positive=False)
    rule = call.store.scoring_rule(backlog)
    for name, score in (("score_50", score_50), ("score_90", score_90)):
        allowed = score is None or rule.scores is None or score in rule.scores
        if name in params and not allowed:
            params.refuse(name, f"is not one of {rule.description}")
    if score_50 is not None and score_90 is not None and score_90 < score_50:
        params.refuse("score_90", "must not be less than score 50")
    return score_50, score_90
