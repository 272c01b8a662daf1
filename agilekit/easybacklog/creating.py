"""How each kind of thing is created many at a time, one in a request."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar

from attrs import frozen

from agilekit.bulk import Kind
from agilekit.easybacklog.models import (
    MODELS,
    AcceptanceCriterion,
    Backlog,
    Company,
    Sprint,
    SprintStory,
    Story,
    Theme,
)
from agilekit.easybacklog.writing import (
    BACKLOG,
    COMPANY,
    CRITERION,
    NEW_SPRINT_STORY,
    SPRINT,
    STORY,
    THEME,
    BacklogDraft,
    CompanyDraft,
    CriterionDraft,
    SprintDraft,
    SprintStoryDraft,
    StoryDraft,
    ThemeDraft,
)
from agilekit.session.session import Session
from agilekit.wire.fields import Write, written
from agilekit.wire.json import JSON
from agilekit.wire.op import Op

__all__ = ["kind_of"]

E = TypeVar("E", AcceptanceCriterion, Backlog, Company, Sprint, SprintStory, Story, Theme)


@frozen(kw_only=True)
class _Rule:
    fields: Mapping[str, Write]
    required: Collection[str]
    label: Collection[str]
    """What an item is known by."""
    changes: Collection[str] = ("position",)
    """What the server may store otherwise, or move afterwards."""
    needs: Mapping[str, str] = {}
    """By field, the one without which it is not stored."""
    lists_all: bool = True
    in_order: bool = False


_RULES: Final[Mapping[type[object], _Rule]] = {
    # The published server lists the companies of an account, but creates them in none.
    Company: _Rule(
        fields=COMPANY,
        required=CompanyDraft.__required_keys__,
        label=("name",),
        lists_all=False,
    ),
    Backlog: _Rule(
        fields=BACKLOG,
        required=BacklogDraft.__required_keys__,
        label=("name",),
        changes=("company_id",),
        needs={"rate": "velocity"},
    ),
    Theme: _Rule(
        fields=THEME,
        required=ThemeDraft.__required_keys__,
        label=("name",),
        changes=("code", "position"),
    ),
    Sprint: _Rule(
        fields=SPRINT,
        required=SprintDraft.__required_keys__,
        label=("start_on", "duration_days"),
        in_order=True,
    ),
    Story: _Rule(
        fields=STORY,
        required=StoryDraft.__required_keys__,
        label=("i_want_to",),
    ),
    AcceptanceCriterion: _Rule(
        fields=CRITERION,
        required=CriterionDraft.__required_keys__,
        label=("criterion",),
    ),
    SprintStory: _Rule(
        fields=NEW_SPRINT_STORY,
        required=SprintStoryDraft.__required_keys__,
        label=("story_id",),
    ),
}


def kind_of(
    session: Session,
    model: type[E],
    create: Op[E],
    listing: Op[list[E]],
    ids: Mapping[str, int],
    query: Mapping[str, JSON] | None = None,
) -> Kind[E]:
    """How things of a kind are created, and found again in the list of their container.

    query: the filters of the list, for it to hold all.
    """
    rule, read = _RULES[model], MODELS.one(model)

    async def send(bodies: list[JSON]) -> list[E]:
        return [await session.call(create, ids, body) for body in bodies]

    def label(item: E) -> Hashable:
        return tuple(_value(item, name) for name in rule.label)

    # A model made of a body reads numbers, dates and ids as it does in an answer.
    def says(body: JSON) -> dict[str, Hashable]:
        said, named = read(body), body if isinstance(body, dict) else {}
        return {
            name: _value(said, name)
            for name in rule.fields
            if name in named and name not in rule.changes and _is_stored(name, said, rule)
        }

    def shows(item: E) -> dict[str, Hashable]:
        return {name: _value(item, name) for name in rule.fields if name in item.raw}

    return Kind(
        place={"at": session.server.base_url, "into": listing.path.format(**ids)},
        check=lambda draft: written(draft, rule.fields, required=rule.required),
        create=send,
        listing=lambda: session.listing(listing, ids, query),
        lists_all=rule.lists_all,
        identity=lambda item: str(item.id),
        mark=lambda item: item.id,
        label=label,
        label_of=lambda body: label(read(body)),
        says=says,
        shows=shows,
        in_order=rule.in_order,
        dump=lambda item: dict(item.raw),
        load=read,
    )


def _is_stored(name: str, said: object, rule: _Rule) -> bool:
    return name not in rule.needs or _value(said, rule.needs[name]) is not None


def _value(item: object, name: str) -> Hashable:
    found: Hashable = getattr(item, name)
    return " ".join(found.split()) or None if isinstance(found, str) else found
