"""The options of ``agilekit sandbox`` that make its services fail, or answer otherwise.

The documents leave some things open, and servers differ in them: each of these is an option. The
others are faults, which any network has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypedDict, TypeVar, get_args

import attrs
import click

from agilekit.cli.options import Choice
from agilekit.sandbox import Faults, renderer, rewriting
from agilekit.sandbox.flyingdonut import batches, locking, recorded
from agilekit.sandbox.kanbantool import serializers

__all__ = ["FAULTS", "Odds", "fault_options", "service_options"]

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


_DEFAULTS: Final = {field.name: field.default for field in attrs.fields(Faults)}


class Odds(TypedDict):
    """The values of these options."""

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


class _SpacedChoice(Choice):
    """Words that the sandbox writes with spaces, and the command line with hyphens."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__([word.replace(" ", "-") for word in words])

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        return super().convert(value, param, ctx).replace("-", " ")


def _choice(flag: str, name: str, words: tuple[str, ...], text: str) -> Callable[[C], C]:
    """One of some words, the first of which is the default."""
    type = _SpacedChoice(words)
    return click.option(
        flag, name, type=type, default=type.choices[0], show_default=True, help=text
    )


_FLYINGDONUT: Final = (
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
        get_args(locking.Answers),
        "Flying Donut: what an accepted update answers.",
    ),
    click.option(
        "--normalise",
        is_flag=True,
        help="Flying Donut: strip stored titles and round estimates.",
    ),
    click.option(
        "--normalise-by",
        type=Choice(get_args(locking.Normalisation)),
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
        get_args(batches.Stored),
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


_OTHERS: Final = (
    click.option(
        "--rewrite",
        type=Choice(get_args(rewriting.Way)),
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
        type=Choice(get_args(renderer.Ruby)),
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
        type=Choice(get_args(serializers.Keys)),
        help="Kanban Tool: answers have the keys of this year, whatever the envelopes.",
    ),
    click.option(
        "--kanbantool-positions",
        type=_SpacedChoice(get_args(serializers.Positions)),
        default="place",
        show_default=True,
        help="Kanban Tool: stages and swimlanes count their positions, or all are at 1.",
    ),
    click.option(
        "--kanbantool-siblings",
        is_flag=True,
        help="Kanban Tool: the envelope of an entity has another key beside it.",
    ),
    click.option(
        "--kanbantool-envelopes",
        type=Choice(["2013", "2017"]),
        default="2017",
        show_default=True,
        help="Kanban Tool: whether JSON has each task in an object of its own, as in 2013.",
    ),
    click.option(
        "--kanbantool-shift-pages",
        is_flag=True,
        help="Kanban Tool: another client moves two tasks in or out of the archive before each "
        "page.",
    ),
    click.option(
        "--easybacklog-decimals-as-text",
        is_flag=True,
        help='easyBacklog: JSON has decimals as text, "3.0" instead of 3.0.',
    ),
    click.option(
        "--flow-xml-maps",
        type=Choice(["repeated", "id", "underscore", "numbered"]),
        default="repeated",
        show_default=True,
        help='flow: XML has <project>, <item id="16">, <_16> or <item16> for what is keyed by id '
        "16.",
    ),
)


_FAULTS: Final = (
    *(
        click.option(
            f"--{name.replace('_', '-')}",
            type=float,
            metavar=placeholder,
            default=_DEFAULTS[name],
            show_default=name == "retry_after",
            help=text,
        )
        for name, (placeholder, text) in FAULTS.items()
    ),
    click.option(
        "--commit-after",
        type=float,
        nargs=2,
        metavar="FIRST LAST",
        default=(0.3, 35.0),
        show_default=True,
        help="How many seconds later --commit-late makes its change: between these two.",
    ),
    click.option(
        "--commit-status",
        type=Choice(["502", "503", "504"]),
        help="Answer a --commit-late with this, as a gateway does that gives up.",
    ),
    click.option(
        "--fault-seed", type=int, metavar="N", default=0, help="Draw another sequence of faults."
    ),
    click.option(
        "--fault-method",
        "methods",
        multiple=True,
        type=Choice(["GET", "POST", "PUT", "DELETE"]),
        help="Let faults meet only this method. Repeatable.",
    ),
)


def service_options(command: C) -> C:
    """Adds what the documents leave open, service by service."""
    return _with(command, (*_FLYINGDONUT, *_OTHERS))


def fault_options(command: C) -> C:
    """Adds an option for each fault, and for when and by which request it is met."""
    return _with(command, _FAULTS)


def _with(command: C, options: Sequence[Callable[[C], C]]) -> C:
    for option in reversed(options):  # as decorators that stand above each other
        command = option(command)
    return command
