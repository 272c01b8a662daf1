"""What can be created in Flying Donut, many in one request.

Source: Flying Donut API, "Create Backlog Bucket Card": an array creates each of its elements, and
the answer is the array of what was created; "Fetch Sprint Cards": `cid` counts up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Final, TypeVar

from agilekit.bulk import CreateSpec, Ids, as_array
from agilekit.flyingdonut.decoders import DECODER
from agilekit.flyingdonut.models import Card, Task
from agilekit.flyingdonut.params import (
    CARD_DRAFT,
    TASK_DRAFT,
    CardDraft,
    TaskDraft,
)
from agilekit.flyingdonut.routes import (
    CREATE_BACKLOG_BUCKET_CARDS,
    CREATE_CARD_TASKS,
    FETCH_BACKLOG_BUCKET_CARDS,
    FETCH_CARD_TASKS,
)
from agilekit.wire.encode import Encode
from agilekit.wire.json import JSON
from agilekit.wire.route import Route

__all__ = ["CARDS", "TASKS"]

E = TypeVar("E", Card, Task)

_MOST_AT_ONCE: Final = 50


def _spec(
    model: type[E],
    *,
    name: str,
    container: Sequence[str],
    draft: type[object],
    write: Mapping[str, Encode],
    create: Route[list[E]],
    listing: Route[list[E]],
) -> CreateSpec[E]:
    def container_key(ids: Ids, _: Route[list[E]]) -> dict[str, str]:
        return {"what": name, **{at: str(id) for at, id in ids.items()}}

    return CreateSpec(
        name=name,
        container=container,
        draft=draft,
        write=write,
        send=as_array(create),
        batch_size=_MOST_AT_ONCE,
        listing=listing,
        container_key=container_key,
        item_key=lambda item: item.id,
        sequence=lambda item: item.cid or 0,
        label=lambda item: item.title.value,
        draft_label=lambda body: str(_value(body, "title")),
        draft_fields=_draft_fields,
        item_fields=_item_fields,
        compared=lambda _: ("estimate", "summary"),
        texts=("title", "summary"),
        label_changes=lambda item: item.title.version,
        dump=lambda item: dict(item.raw),
        load=DECODER.one(model),
    )


def _draft_fields(body: JSON) -> dict[str, Hashable]:
    estimate, summary = _value(body, "estimate"), _value(body, "summary")
    markdown = summary.get("markdown") if isinstance(summary, dict) else summary
    fields: dict[str, Hashable] = {"title": str(_value(body, "title"))}
    if isinstance(estimate, int | float):
        fields["estimate"] = estimate
    if markdown:
        fields["summary"] = str(markdown)
    return fields


def _item_fields(item: Card | Task) -> dict[str, Hashable]:
    markdown = item.summary.value.markdown if item.summary.value else ""
    return {
        "title": item.title.value,
        "estimate": item.estimate.value,
        "summary": markdown,
    }


def _value(body: JSON, name: str) -> JSON:
    attribute = body.get(name) if isinstance(body, dict) else None
    return attribute.get("value") if isinstance(attribute, dict) else None


CARDS: Final = _spec(
    Card,
    name="cards",
    container=("bucket",),
    draft=CardDraft,
    write=CARD_DRAFT,
    create=CREATE_BACKLOG_BUCKET_CARDS,
    listing=FETCH_BACKLOG_BUCKET_CARDS,
)
TASKS: Final = _spec(
    Task,
    name="tasks",
    container=("card",),
    draft=TaskDraft,
    write=TASK_DRAFT,
    create=CREATE_CARD_TASKS,
    listing=FETCH_CARD_TASKS,
)
