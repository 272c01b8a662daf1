"""Forms of answers that no sample of the document shows, but recordings of real ones do."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from attrs import frozen

from agilekit.sandbox.options import check_choice, options_repr

SprintCards: TypeAlias = Literal["mixed", "inline", "counters"]
CountersStatus: TypeAlias = Literal["both", "cards", "none"]
Order: TypeAlias = Literal["whole", "quarters"]
EntityVersion: TypeAlias = Literal["attributes", "operations"]


@frozen(kw_only=True, repr=False)
class RecordedForms:
    """How Flying Donut may answer, and what it may do, other than the document's samples show.

    Each was seen in a recorded answer, or follows from one; the defaults are the samples'.
    Raises :class:`ValueError` for a value that its option does not have.
    """

    sprint_cards: SprintCards = "mixed"
    """Whether tasks come among the cards of a sprint, inside each card as ``tasks``, or not at all,
    so that only the counters of the cards show them."""
    counters_status: CountersStatus = "both"
    """Whether the ``taskCounters`` of cards and of sprints have a ``status``."""
    item_counters: bool = False
    """Whether the ``itemCounters`` of a sprint hold ``done``, ``todo`` and ``total``. A card is
    done when it has tasks and all of them are."""
    clear_state: bool = False
    """Whether a card that enters a sprint loses its ``state``. It becomes null at a new version; a
    card whose ``iteration`` is then taken away is in no list."""
    milestones: bool = False
    """Whether there are ``/milestones`` and ``/milestones/{id}/items``; then sprints have a
    versioned ``milestone`` and ``nonWorkingDays``, and cards a versioned ``value``. That these
    exist is recorded; what a milestone is made of, and which cards are its own, is a guess."""
    order: Order = "whole"
    """Whether ranks are written "000000001.0", "000000002.0" and so on, or "000000000.25" and so
    on."""
    entity_version: EntityVersion = "attributes"
    """Whether the ``version`` of a card, task or sprint is the sum of those of its attributes, or
    one for each operation that changed it."""

    def __attrs_post_init__(self) -> None:
        check_choice("sprint_cards", self.sprint_cards, get_args(SprintCards))
        check_choice("counters_status", self.counters_status, get_args(CountersStatus))
        check_choice("order", self.order, get_args(Order))
        check_choice("entity_version", self.entity_version, get_args(EntityVersion))

    def __repr__(self) -> str:
        return options_repr(self)
