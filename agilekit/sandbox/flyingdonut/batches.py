"""What happens to an array of creates; the document shows only one that is accepted."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from attrs import frozen

from agilekit.sandbox.messages import Refusal
from agilekit.sandbox.options import check_choice, options_repr

Stored: TypeAlias = Literal["whole", "up to the first bad one"]


@frozen(kw_only=True, repr=False)
class Batches:
    """See :class:`agilekit.sandbox.Sandbox`, whose arguments these are.

    ``stored`` is its ``batches``, ``largest`` its ``largest_batch``.
    """

    stored: Stored = "whole"
    largest: int | None = None

    def __attrs_post_init__(self) -> None:
        check_choice("batches", self.stored, get_args(Stored))
        if self.largest is not None and self.largest < 1:
            raise ValueError(f"largest_batch is 1 or more, not {self.largest}")

    def __repr__(self) -> str:
        return options_repr(self)

    def admit(self, drafts: int) -> None:
        """Raises :class:`Refusal` (413) for an array of too many drafts."""
        if self.largest is not None and drafts > self.largest:
            raise Refusal(413, f"An array may hold {self.largest} drafts, not {drafts}")
