"""One function per documented call, from an authorized request to its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

from agilekit.sandbox.flyingdonut import answers, params, serializers
from agilekit.sandbox.flyingdonut.edits import AnyEdit, Edit, judge
from agilekit.sandbox.messages import Json, Refusal, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agilekit.sandbox.flyingdonut.batches import Batches
    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.project import Project
    from agilekit.sandbox.flyingdonut.state import (
        Bucket,
        Card,
        Milestone,
        Number,
        Sprint,
        Task,
        TaskState,
    )
    from agilekit.sandbox.rewriting import Rewriting

T = TypeVar("T")

DRAFT: Final = frozenset({"title", "summary", "estimate"})
CARD: Final = DRAFT | {"iteration", "state"}
TASK: Final = DRAFT | {"state"}

RIVAL_MARK: Final = "*"
"""What the other editor of a conflict storm adds to a text."""


@frozen
class Call:
    """A request to an existing project, with its secret."""

    project: Project
    request: Request
    ids: Mapping[str, str]
    locking: Locking
    batches: Batches
    rewriting: Rewriting

    def bucket(self) -> Bucket:
        return self._find("bucket", self.project.buckets)

    def card(self) -> Card:
        return self._find("item", self.project.cards)

    def sprint(self) -> Sprint:
        return self._find("iteration", self.project.sprints)

    def task(self) -> Task:
        return self._find("task", self.project.tasks)

    def milestone(self) -> Milestone:
        return self._find("milestone", self.project.milestones)

    def _find(self, kind: str, entities: Mapping[str, T]) -> T:
        try:
            return entities[self.ids[f"{kind}Id"]]
        except KeyError:
            raise Refusal(404, f"There is no such {kind}") from None


@frozen
class Draft:
    title: str
    summary: str
    estimate: Number | None


def fetch_project(call: Call) -> Response:
    return Response.json(serializers.project(call.project))


def fetch_backlog_cards(call: Call) -> Response:
    return Response.json(
        [
            {**serializers.bucket(bucket), "items": _cards_in(call.project, bucket)}
            for bucket in call.project.buckets.values()
        ]
    )


def fetch_backlog_buckets(call: Call) -> Response:
    return Response.json([serializers.bucket(bucket) for bucket in call.project.buckets.values()])


def fetch_backlog_bucket(call: Call) -> Response:
    return Response.json(serializers.bucket(call.bucket()))


def fetch_backlog_bucket_cards(call: Call) -> Response:
    return Response.json(_cards_in(call.project, call.bucket()))


def create_backlog_bucket_card(call: Call) -> Response:
    bucket, project = call.bucket(), call.project

    def create(draft: Draft) -> Json:
        card = project.add_card(
            draft.title, bucket=bucket, summary=draft.summary, estimate=draft.estimate
        )
        return serializers.card(project, card)

    return _created(call, create)


def fetch_sprints(call: Call) -> Response:
    project = call.project
    return Response.json(
        [serializers.sprint(project, sprint) for sprint in project.sprints.values()]
    )


def fetch_sprint(call: Call) -> Response:
    return Response.json(serializers.sprint(call.project, call.sprint()))


def fetch_sprint_cards(call: Call) -> Response:
    """Each card is followed by its tasks; ``_order`` is the place in this mixed list."""
    project, shown = call.project, call.project.recorded.sprint_cards
    items: list[serializers.Form] = []
    for card in project.cards_in(call.sprint()):
        tasks = [serializers.sprint_task(project, task) for task in project.tasks_of(card)]
        inline: serializers.Form = {"tasks": [*tasks]} if shown == "inline" else {}
        items.append({**serializers.card(project, card), **inline})
        items.extend(tasks if shown == "mixed" else ())
    return Response.json([{**item, "_order": place} for place, item in enumerate(items)])


def fetch_sprint_burndown_chart(call: Call) -> Response:
    sprint = call.sprint()
    burndown = call.project.burndowns.get(sprint.id)
    if burndown is None:
        raise Refusal(404, "This iteration has no burndown chart")
    return Response.json(serializers.burndown(sprint.id, burndown))


def fetch_card(call: Call) -> Response:
    return Response.json(serializers.card(call.project, call.card()))


def update_card(call: Call) -> Response:
    card, project = call.card(), call.project
    named = params.attributes(project, params.decode(call.request.body), CARD)
    if card.is_placeholder:
        raise Refusal(400, "The placeholder for tasks without a card cannot be changed")
    params.check_containers(named)
    edits = [_card_edit(call, card, name, given) for name, given in named.items()]
    source, version = card.container, card.version
    conflict = judge(edits, call.locking, storm=call.request.storm)
    if card.version != version:
        project.moved(card, source)
        card.operations += 1
        project.activity += 1
    return answers.updated(call.locking, serializers.updated_card(project, card), conflict=conflict)


def fetch_card_tasks(call: Call) -> Response:
    project = call.project
    return Response.json(
        [serializers.card_task(project, task) for task in project.tasks_of(call.card())]
    )


def create_card_task(call: Call) -> Response:
    card, project = call.card(), call.project

    def create(draft: Draft) -> Json:
        task = project.add_task(card, draft.title, summary=draft.summary, estimate=draft.estimate)
        return serializers.created_task(project, task)

    return _created(call, create)


def fetch_task(call: Call) -> Response:
    return Response.json(serializers.task(call.project, call.task()))


def update_task(call: Call) -> Response:
    task, project = call.task(), call.project
    named = params.attributes(project, params.decode(call.request.body), TASK)
    edits = [_task_edit(call, task, name, given) for name, given in named.items()]
    version = task.version
    conflict = judge(edits, call.locking, storm=call.request.storm)
    if task.version != version:
        task.operations += 1
        project.count_tasks(project.cards[task.owner])
        project.activity += 1
    return answers.updated(call.locking, serializers.updated_task(project, task), conflict=conflict)


def fetch_milestones(call: Call) -> Response:
    project = call.project
    return Response.json([serializers.milestone(project, it) for it in project.milestones.values()])


def fetch_milestone_cards(call: Call) -> Response:
    project = call.project
    cards = project.cards_before(call.milestone())
    return Response.json(
        [serializers.card(project, card) for card in cards if not card.is_placeholder]
    )


def _cards_in(project: Project, bucket: Bucket) -> list[Json]:
    return [serializers.card(project, card) for card in project.cards_in(bucket)]


def _created(call: Call, create: Callable[[Draft], Json]) -> Response:
    """Create one, or all of an array: each draft is judged before any of them is created."""
    given = params.decode(call.request.body)
    if not isinstance(given, list):
        return Response.json(create(_draft(call, given)))
    call.batches.admit(len(given))
    drafts, refusal = _good_ones(call, given)
    if refusal and call.batches.stored == "whole":
        raise refusal
    made = [create(draft) for draft in drafts]
    if refusal:
        raise refusal
    return Response.json(made)


def _good_ones(call: Call, given: Sequence[Json]) -> tuple[list[Draft], Refusal | None]:
    """The drafts before the first bad one, and why that is refused."""
    drafts: list[Draft] = []
    for position, element in enumerate(given):
        try:
            drafts.append(_draft(call, element))
        except Refusal as error:
            return drafts, Refusal(error.status, f"Element {position}: {error.reason}")
    return drafts, None


def _draft(call: Call, given: Json) -> Draft:
    named = params.attributes(call.project, given, DRAFT)
    values = {name: params.content(name, attribute) for name, attribute in named.items()}
    return Draft(
        title=_title(call, values.get("title")),
        summary=_summary(call, values.get("summary")),
        estimate=_estimate(call, values.get("estimate")),
    )


def _title(call: Call, value: Json) -> str:
    return call.rewriting.stored(call.locking.title(params.title(value)))


def _summary(call: Call, value: Json) -> str:
    return call.rewriting.stored(params.summary(value))


def _estimate(call: Call, value: Json) -> Number | None:
    number = params.estimate(value)
    return None if number is None else call.locking.estimate(number)


def _card_edit(call: Call, card: Card, name: str, given: Json) -> AnyEdit:
    value, version = params.content(name, given), params.version(name, given)
    project = call.project
    match name:
        case "iteration":
            sprint = None if value is None else params.reference(name, value, project.sprints)
            others = [one for one in (*project.sprints, None) if one != card.iteration.value]
            rival = others[0] if others else None
            return Edit(name, card.iteration, sprint, version, rival)
        case "state":
            bucket = None if value is None else params.reference(name, value, project.buckets)
            others = [one for one in project.buckets if one != card.state.value]
            return Edit(name, card.state, bucket, version, others[0] if others else bucket)
        case _:
            return _draft_edit(call, card, name, value, version)


def _task_edit(call: Call, task: Task, name: str, given: Json) -> AnyEdit:
    value, version = params.content(name, given), params.version(name, given)
    if name == "state":
        rival: TaskState = "done" if task.state.value != "done" else "in-progress"
        return Edit(name, task.state, params.task_state(value), version, rival)
    return _draft_edit(call, task, name, value, version)


def _draft_edit(call: Call, entity: Card | Task, name: str, value: Json, version: int) -> AnyEdit:
    match name:
        case "title":
            title = _title(call, value)
            return Edit(name, entity.title, title, version, entity.title.value + RIVAL_MARK)
        case "summary":
            rival = entity.summary.value + RIVAL_MARK
            return Edit(name, entity.summary, _summary(call, value), version, rival)
        case _:
            hours = _estimate(call, value)
            return Edit(name, entity.estimate, hours, version, (entity.estimate.value or 0) + 1)
