"""Themes, one function a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash, identifier
from agilekit.sandbox.easybacklog.codes import theme_code
from agilekit.sandbox.easybacklog.entities import insert_at
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agilekit.sandbox.easybacklog.state import Theme

_ATTRIBUTES: Final = ("name", "code", "position")
_IGNORED: Final = ("backlog_id", "theme_id", "score_statistics", "points", "cost_formatted", "days")


def list_themes(call: Call) -> Response:
    store = call.store
    themes = [store.themes[one] for one in call.backlog().themes]
    if call.with_associated_data:
        values = [serializers.theme_with_stories(store, it, xml=call.xml) for it in themes]
    else:
        values = [serializers.theme(store, it) for it in themes]
    # The server knows of what this list is one, even when it is empty.
    return call.respond("themes", Items("theme", values))


def retrieve_theme(call: Call) -> Response:
    theme = call.theme_of_backlog()
    if call.with_associated_data:
        return call.respond(
            "theme", serializers.theme_with_stories(call.store, theme, xml=call.xml)
        )
    return call.respond("theme", serializers.theme(call.store, theme))


def create_theme(call: Call) -> Response:
    backlog = call.require_editable(call.backlog(), "theme")
    siblings = call.siblings("theme", backlog.id, backlog.themes)
    name, code, position = _validated(call, siblings.visible, None)
    if code is None and not any(map(str.isalnum, name)):
        raise Crash("undefined method `length' for nil:NilClass")
    code = code or theme_code(name, {call.store.themes[one].code for one in siblings.visible})
    theme = call.store.add_theme(backlog, name, code=code, position=siblings.position(position))
    siblings.stored(theme.id)
    call.touch(backlog)
    return call.respond("theme", serializers.theme(call.store, theme), 201)


def update_theme(call: Call) -> Response:
    backlog = call.require_editable(call.backlog(), "theme")
    theme = call.theme_of_backlog()
    name, code, position = _validated(call, backlog.themes, theme)
    others = {call.store.themes[one].code for one in backlog.themes if one != theme.id}
    theme.name, theme.code = name, code or theme_code(name, others)
    if position is not None:
        insert_at(backlog.places, theme.id, position)
    theme.updated_at = call.store.clock()
    call.touch(backlog)
    return call.respond_empty()


def grab_story(call: Call) -> Response:
    """Move story from another theme, of the same backlog."""
    backlog = call.require_editable(call.backlog(), "theme")
    theme = call.theme_of_backlog()
    story = call.store.stories.get(identifier(call.parameters.get("story_id")) or 0)
    if story is None or call.backlog_of(story) is not backlog:
        raise Refusal(404, "There is no such story to move")
    call.store.move_story(story, theme)
    call.touch(backlog)
    return call.respond_empty()


def move_to_backlog(call: Call) -> Response:
    """Move theme to another backlog, of the same account, under another name if it is taken."""
    store = call.store
    backlog = call.require_editable(call.backlog(), "theme")
    theme = call.theme_of_backlog()
    target = store.backlogs.get(identifier(call.parameters.get("target_backlog_id")) or 0)
    if target is None or target.deleted or target.account_id != backlog.account_id:
        raise Refusal(404, "There is no such backlog to move the theme to")
    if any(store.stories[one].sprint_story_id is not None for one in theme.stories):
        raise Refusal(403, "A theme with stories in sprints cannot be moved")
    if not target.is_editable:
        raise Refusal(403, "The target backlog cannot be changed")
    store.move_theme(theme, target)
    call.touch(backlog)
    call.touch(target)
    return call.respond_empty()


def delete_theme(call: Call) -> Response:
    backlog = call.require_editable(call.backlog(), "theme")
    theme = call.theme_of_backlog()
    if any(call.store.is_accepted(call.store.stories[one]) for one in theme.stories):
        raise Crash("RecordNotDestroyable: a story of this theme is accepted")
    call.store.remove_theme(theme)
    call.touch(backlog)
    return call.respond_empty()


def _validated(
    call: Call, siblings: Sequence[int], current: Theme | None
) -> tuple[str, str | None, int | None]:
    params = call.permit(*_ATTRIBUTES, ignored=_IGNORED)
    others = [call.store.themes[one] for one in siblings if not current or one != current.id]
    name = params.required("name", current.name if current else "")
    if any(it.name == name for it in others):
        params.refuse("name", "has already been taken")
    code = params.word("code", current.code if current else None)
    code = code.upper() if code else None
    if code is not None and not re.fullmatch(r"[A-Z0-9]{3}", code):
        params.refuse("code", "must be 3 alphanumeric characters")
    if any(it.code == code for it in others):
        params.refuse("code", "has already been taken")
    position = params.integer("position")
    params.check()
    return name, code, position
