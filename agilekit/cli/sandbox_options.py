"""The options of ``agilekit sandbox`` that make its services unruly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypedDict, TypeVar, get_args

import attrs
import click

from agilekit.sandbox import Faults, rendering, rewriting
from agilekit.sandbox.flyingdonut import batches, locking, recorded
from agilekit.sandbox.kanbantool import forms

C = TypeVar("C", bound=Callable[..., Any])

FAULTS: Final = {
    # field of Faults: (placeholder, help)
    "latency": ("SECONDS", "Every request waits so long."),
    "rate_limited": ("P", "429 with Retry-After; nothing is changed."),
    "retry_after": ("SECONDS", "What that Retry-After asks for."),
    "bad_gateway": ("P", "502; nothing is changed."),
    "error_before": ("P", "500; nothing is changed."),
    "error_after": ("P", "500, although the change is made."),
    "drop_before": ("P", "The connection closes; nothing is changed."),
    "drop_after": ("P", "The connection closes after the change is made."),
    "cut_body": ("P", "The connection closes in the middle of the answer."),
    "garbage": ("P", "The change is made; the answer is not JSON."),
    "commit_late": ("P", "The connection closes; the change is made some seconds later."),
    "conflict_storm": ("P", "Flying Donut: another editor changes the card just before a PUT."),
}


class Odds(TypedDict):
    latency: float
    rate_limited: float
    retry_after: float
    bad_gateway: float
    error_before: float
    error_after: float
    drop_before: float
    drop_after: float
    cut_body: float
    garbage: float
    commit_late: float
    conflict_storm: float


def fault_options(command: C) -> C:
    """Adds an option for each fault."""
    defaults = {field.name: field.default for field in attrs.fields(Faults)}
    for name, (placeholder, text) in reversed(FAULTS.items()):
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=float,
            metavar=placeholder,
            default=defaults[name],
            show_default=name == "retry_after",
            help=text,
        )(command)
    return command


def _choice(flag: str, name: str, known: tuple[str, ...], text: str) -> Callable[[C], C]:
    """An option of which the first value is the default."""
    return click.option(
        flag, name, type=click.Choice(known), default=known[0], show_default=True, help=text
    )


DONUT: Final = (
    click.option(
        "--conflict-status",
        type=int,
        metavar="STATUS",
        default=409,
        show_default=True,
        help="Flying Donut: the answer to an update of an old version, 200 or any 4xx.",
    ),
    _choice(
        "--conflict-scope",
        "conflict_scope",
        get_args(locking.Scope),
        "Flying Donut: whether one stale attribute fails the whole update.",
    ),
    _choice(
        "--conflicts-show",
        "conflicts_show",
        get_args(locking.Conflicts),
        "Flying Donut: the current values, or the same in an object, or an error only.",
    ),
    _choice(
        "--answers-show",
        "answers_show",
        tuple(value.replace(" ", "-") for value in get_args(locking.Answers)),
        "Flying Donut: what an accepted update answers.",
    ),
    click.option(
        "--normalise",
        is_flag=True,
        help="Flying Donut: strip stored titles and round estimates.",
    ),
    click.option(
        "--normalise-by",
        type=click.Choice(get_args(locking.Normalisation)),
        multiple=True,
        help="Flying Donut: do this to stored titles or estimates. Repeatable.",
    ),
    click.option(
        "--read-lag",
        type=float,
        metavar="SECONDS",
        default=0,
        help="Flying Donut: a GET shows what was there so long ago.",
    ),
    click.option(
        "--version-steps",
        type=int,
        nargs=2,
        metavar="FIRST LAST",
        default=(1, 1),
        show_default=True,
        help="Flying Donut: versions rise by as much with each change.",
    ),
    _choice(
        "--batches",
        "batches",
        tuple(value.replace(" ", "-") for value in get_args(batches.Stored)),
        "Flying Donut: what is stored of an array of creates that is refused for a bad one: none"
        " of the whole, or what comes before.",
    ),
    click.option(
        "--largest-batch",
        type=int,
        metavar="N",
        help="Flying Donut: an array of more creates is refused with 413.",
    ),
    _choice(
        "--flyingdonut-sprint-cards",
        "sprint_cards",
        get_args(recorded.SprintCards),
        "Flying Donut: tasks among the cards of a sprint, in them, or only counted.",
    ),
    _choice(
        "--flyingdonut-counters-status",
        "counters_status",
        get_args(recorded.CountersStatus),
        "Flying Donut: whether counters of cards and of sprints have a status.",
    ),
    click.option(
        "--flyingdonut-item-counters",
        "item_counters",
        is_flag=True,
        help="Flying Donut: sprints count their cards.",
    ),
    click.option(
        "--flyingdonut-clear-state",
        "clear_state",
        is_flag=True,
        help="Flying Donut: a card that enters a sprint loses its bucket.",
    ),
    click.option(
        "--flyingdonut-milestones",
        "milestones",
        is_flag=True,
        help="Flying Donut: serve milestones, which no document shows.",
    ),
    _choice(
        "--flyingdonut-order",
        "order",
        get_args(recorded.Order),
        "Flying Donut: ranks are 000000001.0 and so on, or 000000000.25 and so on.",
    ),
    _choice(
        "--flyingdonut-entity-version",
        "entity_version",
        get_args(recorded.EntityVersion),
        "Flying Donut: versions of cards are the sum of their attributes', or count operations.",
    ),
)


OTHERS: Final = (
    click.option(
        "--rewrite",
        type=click.Choice(get_args(rewriting.Way)),
        multiple=True,
        help="All services: do this to each text before it is stored. Repeatable.",
    ),
    click.option(
        "--cut-to",
        type=int,
        metavar="N",
        default=rewriting.LENGTH,
        show_default=True,
        help="How many characters --rewrite cut leaves.",
    ),
    click.option(
        "--easybacklog-race",
        type=float,
        metavar="P",
        default=0,
        help="easyBacklog: a create overlooks another that is under way. Needs --latency.",
    ),
    click.option(
        "--easybacklog-sixteen-bits",
        is_flag=True,
        help="easyBacklog: JSON has 16 bits of each character.",
    ),
    click.option(
        "--easybacklog-ruby",
        type=click.Choice(get_args(rendering.Ruby)),
        default="2.7",
        show_default=True,
        help="easyBacklog: XML has types Integer and yaml of a new Ruby, or those of an old one.",
    ),
    click.option(
        "--easybacklog-production",
        is_flag=True,
        help="easyBacklog: what may not be written is ignored, not refused as in development.",
    ),
    _choice(
        "--easybacklog-keys",
        "easybacklog_keys",
        ("recorded", "documented"),
        "easyBacklog: answers have the keys of a running server, or those of the document.",
    ),
    click.option(
        "--kanbantool-keys",
        type=click.Choice(get_args(forms.Keys)),
        help="Kanban Tool: answers have the keys of this year, whatever the envelopes.",
    ),
    click.option(
        "--kanbantool-positions",
        type=click.Choice([one.replace(" ", "-") for one in get_args(forms.Positions)]),
        default="place",
        show_default=True,
        help="Kanban Tool: stages and swimlanes count their positions, or all are at 1.",
    ),
    click.option(
        "--kanbantool-siblings",
        is_flag=True,
        help="Kanban Tool: the envelope of an entity has another key beside it.",
    ),
)


def donut_options(command: C) -> C:
    """Adds what Flying Donut's document leaves open."""
    for option in reversed(DONUT):
        command = option(command)
    return command


def other_options(command: C) -> C:
    """Adds what makes all services unruly, or easyBacklog and Kanban Tool."""
    for option in reversed(OTHERS):
        command = option(command)
    return command
