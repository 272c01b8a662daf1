"""What identifies the item of a draft, and what of an item proves what.

*Without a mark*, the item of a draft is one that shows the draft's label and fields, as this server
shows them. How it rewrites texts, and which fields it does not keep as they were sent, is learned
from the answers to creates, each of which certainly shows what became of a draft.

*With a mark*, it is the one that bears the draft's mark, whatever else it shows: as soon as this
server was seen to show a mark, and as long as it was not seen to lose one.

Methods come in pairs, of a draft and of an item: `match_key` and `match_key_of`, `label` and
`label_of`, `fields` and `fields_of`. What the first says has to be equal to what the second shows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar, cast

from attrs import frozen

from agilekit.bulk.identity.assignment import DraftFields
from agilekit.bulk.identity.marks import JobMark
from agilekit.bulk.identity.rewrites import RewriteModel, comparable_text
from agilekit.bulk.identity.similarity import Skeleton
from agilekit.bulk.report import Created
from agilekit.bulk.spec import CreateSpec
from agilekit.bulk.store import Entry, Result
from agilekit.errors import InvalidInput
from agilekit.wire.json import JSON

__all__ = ["ItemMatcher", "UnclaimedItem"]

T = TypeVar("T")


@frozen
class UnclaimedItem:
    """What is kept of an item that belongs to no draft yet."""

    item_id: str
    sequence: int
    match_key: Hashable
    texts: tuple[str, ...]
    """Of its label."""
    is_original: bool | None
    """Whether its label is unchanged since it was created; None if nothing tells."""


class ItemMatcher(Generic[T]):
    """Tells which items of one server are those of the drafts of one job."""

    def __init__(self, spec: CreateSpec[T]) -> None:
        self.mark: JobMark | None = None
        self._spec = spec
        self._label_rewrites = RewriteModel()
        self._field_rewrites = defaultdict[str, RewriteModel](RewriteModel)
        self._altered_fields: set[str] = set()
        """The fields that this server was seen not to keep as they were sent."""
        self._shows_marks: bool | None = None
        self._changes_of_new: int | None = None
        """The count of changes that this server gives to what it has just created."""
        self._has_learned = False
        self._other_labels: set[bool] = set()
        """Of labels with a text (True), or without one (False): whether this server was seen to
        show such a label otherwise than its rewriting of texts explains."""

    @property
    def by_mark(self) -> bool:
        """Whether items are known by their marks, and not by what else they show."""
        return self.mark is not None and self._shows_marks is not False

    def with_mark(self, position: int, draft: object) -> object:
        """The draft with its mark, if there are marks."""
        if self.mark is None or not isinstance(draft, Mapping):
            return draft
        given = cast("Mapping[object, object]", draft)
        field = self.mark.field
        return {**given, field: self.mark.on(position, given.get(field))}

    def body_of(self, created: Created[T], encode: Callable[[object], JSON]) -> JSON | None:
        """What was sent of a draft that the job has created, in this run or an earlier one.

        None for a draft that names entities, of which a journal holds only their texts.
        """
        try:
            return encode(self.with_mark(created.position, created.draft))
        except InvalidInput:
            return None

    def position(self, item: T) -> int | None:
        """The position of the draft whose mark an item bears."""
        if self.mark is None:
            return None
        return self.mark.position(self._spec.item_fields(item).get(self.mark.field))

    # What identifies an item.

    def match_key(self, entry: Entry) -> Hashable:
        """What the item of a draft has to show: equal drafts have the same key."""
        return entry.position if self.by_mark else self.label(entry)

    def match_key_of(self, item: T) -> Hashable:
        return self.position(item) if self.by_mark else self.label_of(item)

    def label(self, entry: Entry) -> Hashable:
        """The label of a draft, as this server shows it."""
        return _comparable(self._spec.draft_label(entry.body), self._label_rewrites.expected)

    def label_of(self, item: T) -> Hashable:
        return _comparable(self._spec.label(item))

    def fields(
        self, entry: Entry, rewrite: Callable[[str], str] | None = None, *, moved: bool = False
    ) -> DraftFields:
        """What the item of a draft has to show beside its label.

        rewrite: how the server rewrites texts, if not as expected.
        moved: whether the item may have been moved.
        """
        draft_fields = self._spec.draft_fields(entry.body)
        compared = set(self._spec.compared(entry.body))
        if moved:
            compared.difference_update(self._spec.places)
        return frozenset(
            (name, _comparable(value, rewrite or self._field_rewrites[name].expected))
            for name, value in draft_fields.items()
            if name in compared and name not in self._altered_fields
        )

    def fields_of(self, item: T) -> Mapping[str, Hashable]:
        return {name: _comparable(value) for name, value in self._spec.item_fields(item).items()}

    def fits(self, draft_fields: DraftFields, item: T) -> bool:
        """Whether an item shows what a draft says beside its label, as far as it shows it."""
        if self.by_mark:
            return True
        shown = self.fields_of(item)
        return all(shown[name] == value for name, value in draft_fields if name in shown)

    # What is learned of the server.

    def learn(self, body: JSON, item: T) -> None:
        """Learns from an item that is certainly what became of a body."""
        self._learn(body, item, self._spec.draft_fields(body), self._spec.item_fields(item))

    def _learn(
        self, body: JSON, item: T, said: Mapping[str, Hashable], shown: Mapping[str, Hashable]
    ) -> None:
        if not self._spec.answer_shows:
            return  # the item is what was sent: it tells nothing of the server
        self._has_learned = True
        if self.mark is not None:
            shows_mark = self.position(item) is not None
            self._shows_marks = shows_mark and self._shows_marks is not False
        changes = self._spec.label_changes(item)
        if changes is not None:
            before = self._changes_of_new
            self._changes_of_new = changes if before is None else min(changes, before)
        labels = self._spec.draft_label(body), self._spec.label(item)
        texts = _texts(labels[0])
        for given, seen in zip(texts, _texts(labels[1]), strict=False):
            self._label_rewrites.learn(given, seen)
        if _comparable(labels[0], self._label_rewrites.expected) != _comparable(labels[1]):
            self._other_labels.add(bool(texts))
        for name, value in said.items():
            if name not in shown:
                continue
            rewrites, theirs = self._field_rewrites[name], shown[name]
            if isinstance(value, str) and isinstance(theirs, str):
                rewrites.learn(value, theirs)
            if _comparable(theirs) != _comparable(value, rewrites.expected):
                self._altered_fields.add(name)

    def unstored(self, body: JSON, item: T) -> tuple[str, ...]:
        """The fields of a body that its item does not show as they were sent."""
        return self._unstored(self._spec.draft_fields(body), self._spec.item_fields(item))

    def _unstored(
        self, said: Mapping[str, Hashable], shown: Mapping[str, Hashable]
    ) -> tuple[str, ...]:
        return tuple(
            name
            for name, value in said.items()
            if (name in shown or self._spec.shows_all)
            and _comparable(shown.get(name)) != _comparable(value)
        )

    def created(self, entry: Entry, item: T) -> Result[T]:
        """The result of a draft that became an item."""
        unstored = self.unstored(entry.body, item)
        return Result(entry, Created(entry.position, entry.draft, item, unstored))

    def accepted(self, entry: Entry, item: T) -> Result[T]:
        """The same, of an item in the answer to its very request: something to learn from, too."""
        said, shown = self._spec.draft_fields(entry.body), self._spec.item_fields(item)
        self._learn(entry.body, item, said, shown)
        unstored = self._unstored(said, shown)
        return Result(entry, Created(entry.position, entry.draft, item, unstored))

    def rewrites(
        self, batch: Sequence[Entry], items: Sequence[T]
    ) -> Iterable[tuple[Callable[[str], str], Sequence[Hashable], Sequence[Hashable]]]:
        """Every way in which this server may rewrite texts, with the labels of both in that way."""
        labels = [self._spec.draft_label(entry.body) for entry in batch]
        shown = [self._spec.label(item) for item in items]
        pairs = [
            pair
            for one, other in zip(labels, shown, strict=False)
            for pair in zip(_texts(one), _texts(other), strict=False)
        ]
        seen = [_comparable(one) for one in shown]
        for rewrite in self._label_rewrites.alternatives(pairs):
            yield rewrite, [_comparable(label, rewrite) for label in labels], seen

    # What an item may be of, though it does not show it.

    def as_unclaimed(self, item: T) -> UnclaimedItem:
        return UnclaimedItem(
            self._spec.item_key(item),
            self._spec.sequence(item),
            self.match_key_of(item),
            tuple(_texts(self._spec.label(item))),
            self._is_original(item),
        )

    def candidates(self, entry: Entry, unclaimed: Sequence[UnclaimedItem]) -> list[str]:
        """The ids of those unclaimed items that this draft may have become nevertheless."""
        if not unclaimed or (self.by_mark and self._shows_marks):
            return []
        is_similar = self._similarity(entry)
        return [
            one.item_id for one in unclaimed if _may_have_changed(entry, one) or is_similar(one)
        ]

    def _is_original(self, item: T) -> bool | None:
        changes, of_new = self._spec.label_changes(item), self._changes_of_new
        return None if changes is None or of_new is None else changes <= of_new

    def similar(self, entry: Entry, unclaimed: Iterable[UnclaimedItem]) -> list[UnclaimedItem]:
        """Those of some items whose text is similar to a draft's."""
        is_similar = self._similarity(entry)
        key, has_text = self.match_key(entry), bool(_texts(self._spec.draft_label(entry.body)))
        return [one for one in unclaimed if one.match_key == key or (has_text and is_similar(one))]

    def is_similar(self, entry: Entry, other: UnclaimedItem) -> bool:
        """Whether a draft and an item have similar texts."""
        return any(
            Skeleton.of(text).is_similar(Skeleton.of(theirs))
            for text, theirs in zip(
                _texts(self._spec.draft_label(entry.body)), other.texts, strict=False
            )
        )

    def _similarity(self, entry: Entry) -> Callable[[UnclaimedItem], bool]:
        texts = _texts(self._spec.draft_label(entry.body))
        # A server of which nothing is known, or whose rewriting is not, may show any text.
        is_new = not self._has_learned and entry.times_lost > 1
        if is_new or bool(texts) in self._other_labels or not self._label_rewrites.is_known:
            return lambda _: True
        mine = [(self._label_rewrites.possible(text), Skeleton.of(text)) for text in texts]
        return lambda other: any(
            possible.includes(shown) or skeleton.is_similar(Skeleton.of(shown))
            for (possible, skeleton), shown in zip(mine, other.texts, strict=False)
        )


def _may_have_changed(entry: Entry, other: UnclaimedItem) -> bool:
    """Whether an item may be that of a draft, and somebody may have changed it since."""
    if other.sequence <= entry.high_water_mark:
        return False
    return other.is_original is False or (entry.by_earlier_run and other.is_original is None)


def same(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> bool:
    """Whether both hold the same, in any order."""
    return Counter(mine) == Counter(theirs)


def _comparable(value: Hashable, rewritten: Callable[[str], str] | None = None) -> Hashable:
    """A value as it is compared: an empty text is the same as none."""
    if isinstance(value, tuple):
        return tuple(_comparable(one, rewritten) for one in cast("tuple[Hashable, ...]", value))
    if not isinstance(value, str):
        return value
    return comparable_text(value if rewritten is None else rewritten(value)) or None


def _texts(label: Hashable) -> list[str]:
    """The texts of a label."""
    if isinstance(label, tuple):
        return [text for one in cast("tuple[Hashable, ...]", label) for text in _texts(one)]
    return [label] if isinstance(label, str) and label else []
