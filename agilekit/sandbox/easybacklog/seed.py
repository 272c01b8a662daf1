"""What a fresh easyBacklog holds: a backlog with one theme, or something to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog.catalogue import ACCEPTED, TO_DO
from agilekit.sandbox.options import Seed, check_seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agilekit.sandbox.easybacklog.state import Account, Backlog, Story, Theme
    from agilekit.sandbox.easybacklog.store import Store

_START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_WEEK: Final = timedelta(days=7)
_IN_PROGRESS: Final = 2


def fill(store: Store, seed: Seed) -> Backlog:
    """The main backlog of the seed, in the one account that it makes."""
    check_seed(seed)
    clock, store.clock = store.clock, lambda: _START
    try:
        if seed == "demo":
            return _demo(store)
        backlog = store.add_backlog(store.add_account("Empty lighthouse"), "Empty backlog")
        store.add_theme(backlog, "Start here")
        return backlog
    finally:
        store.clock = clock


def _demo(store: Store) -> Backlog:
    account = store.add_account("Lighthouse keepers")
    account.default_velocity, account.default_rate = Decimal("3.0"), 800
    board = store.add_company(
        account, "Harbour board", default_velocity=Decimal("2.5"), default_rate=650
    )
    backlog = store.add_backlog(account, "Lighthouse logbook", company=board)
    _logbook(store, backlog)
    _fog_horn(store, account)
    _oil_lamp(store, account)
    return backlog


def _logbook(store: Store, backlog: Backlog) -> None:
    keepers = store.add_theme(backlog, "Keepers")
    sign_in = _story(store, keepers, "keeper", "sign in", "see my own watch", 3)
    store.add_criterion(sign_in, "A wrong password says so")
    store.add_criterion(sign_in, "Five wrong ones lock the door for a minute")
    watch = _story(store, keepers, "keeper", "hand over the watch", "go to sleep", 5)
    store.add_criterion(watch, "Both keepers sign")
    _story(store, keepers, "head keeper", "see who is on watch", "call the right one", 2)
    _story(store, keepers, "head keeper", "plan the watches", "give everyone a Sunday", 8)

    lamp = store.add_theme(backlog, "Lamp")
    status = _story(store, lamp, "keeper", "see the state of the lamp", "stay downstairs", 3)
    store.add_criterion(status, "Lit, dark & broken are told apart")
    store.add_criterion(status, "The state is < 10 seconds old")
    _story(store, lamp, "keeper", "be woken if it goes dark", "light it again", 5, "ff0000")
    _story(store, lamp, "engineer", "read the hours of each bulb", "order in time", 2)
    _story(store, lamp, "engineer", "dim it by daylight", "save power", None)

    ships = store.add_theme(backlog, "Passing ships")
    note = _story(store, ships, "keeper", "write down a ship", "know who passed", 5)
    note.comments = "Name, flag and heading; é and ø occur."
    store.add_criterion(note, "Name, flag and heading are kept")
    _story(store, ships, "keeper", "be warned of doubles", "count no ship twice", 1)
    _story(store, ships, "coast guard", "search the log by flag", "find a ship", 3)
    _story(store, ships, "coast guard", "print a day's log", "file it", 2)
    _story(store, ships, "visitor", "count gulls", "pass the time", None, "00ff00")
    store.add_theme(backlog, "Visitors", code="VIS")

    store.add_snapshot(backlog, "As agreed with the harbour board")
    _sprint(store, backlog, 0, [(sign_in, ACCEPTED), (status, ACCEPTED)], complete=True)
    _sprint(store, backlog, 1, [(watch, _IN_PROGRESS), (note, TO_DO)])


def _fog_horn(store: Store, account: Account) -> None:
    horn = store.add_backlog(account, "Fog horn", use_50_90=True, scoring_rule_id=8, rate=None)
    sound = store.add_theme(horn, "Sound")
    for want, low, high in (
        ("sound the horn in fog", 3, 5),
        ("keep it silent at weddings", 1, 8),
        ("hear it from the shore", 2, 2),
    ):
        story = _story(store, sound, "keeper", want, "lose no ship", None)
        story.score_50, story.score_90 = Decimal(f"{low}.0"), Decimal(f"{high}.0")


def _oil_lamp(store: Store, account: Account) -> None:
    old = store.add_backlog(account, "Old oil lamp", velocity=None, rate=None)
    wick = store.add_theme(old, "Wick")
    for want in ("trim the wick", "fill the oil", "polish the brass"):
        _story(store, wick, "keeper", want, "keep it burning", 1)
    old.archived = True


def _story(
    store: Store,
    theme: Theme,
    who: str,
    what: str,
    why: str,
    score: int | None,
    color: str = "",
) -> Story:
    points = None if score is None else Decimal(f"{score}.0")
    return store.add_story(theme, as_a=who, i_want_to=what, so_i_can=why, score=points, color=color)


def _sprint(
    store: Store,
    backlog: Backlog,
    number: int,
    stories: Sequence[tuple[Story, int]],
    *,
    complete: bool = False,
) -> None:
    start = _START + number * _WEEK
    store.clock = lambda: start
    sprint = store.add_sprint(
        backlog, start_on=start.date(), number_team_members=Decimal("1.0"), duration_days=5
    )
    for story, status in stories:
        store.add_sprint_story(sprint, story, status=status)
    if complete:
        store.clock = lambda: start + timedelta(days=4, hours=8)
        store.complete_sprint(sprint)
