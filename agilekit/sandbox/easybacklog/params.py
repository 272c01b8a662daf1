"""What a create or an update is sent: cast as a Rails column casts it, its errors collected.

Every method gives the current value if the request has none: leaving out is not clearing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog.points import with_fraction
from agilekit.sandbox.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from agilekit.sandbox.messages import Json
    from agilekit.sandbox.rewriting import Rewriting

_TRUE: Final = frozenset({"true", "t", "1"})
_BIGGEST: Final = 2**31
_LABELS: Final = {"unique_id": "Unique ID"}


class Invalid(Refusal):
    """What the validations of a model found: 422, with a message each."""

    def __init__(self, errors: Collection[str]) -> None:
        super().__init__(422, ", ".join(errors))
        self.errors: list[str] = [*errors]


class Params:
    """The attributes of a request that writes, and what is wrong with them so far."""

    def __init__(self, given: Mapping[str, Json], rewriting: Rewriting) -> None:
        self._given = given
        self._rewriting = rewriting
        self._errors: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def renamed(self, name: str, *others: str) -> Params:
        """The same with the value of one attribute as that of others; its errors are these."""
        renamed = Params({**dict.fromkeys(others, self._given[name])}, self._rewriting)
        renamed._errors = self._errors
        return renamed

    def refuse(self, name: str, reason: str) -> None:
        """Note an error, such as ``Name can't be blank``."""
        label = _LABELS.get(name) or name.removesuffix("_id").replace("_", " ").capitalize()
        self._errors.append(f"{label} {reason}")

    def check(self) -> None:
        """Raises :class:`Invalid` if anything was refused."""
        if self._errors:
            raise Invalid(self._errors)

    def text(self, name: str, current: str | None = None) -> str | None:
        """A text as it is stored."""
        text = self.word(name, current)
        return self._rewriting.stored(text) if text and name in self._given else text

    def word(self, name: str, current: str | None = None) -> str | None:
        """A code or a colour, as it was sent."""
        if name not in self._given:
            return current
        value = self._scalar(name)
        return None if value is None else value.encode(errors="replace").decode()

    def required(self, name: str, current: str = "") -> str:
        value = self.text(name, current)
        if value is None or not value.strip():
            self.refuse(name, "can't be blank")
        return value or ""

    def decimal(
        self, name: str, current: Decimal | None = None, *, positive: bool = True
    ) -> Decimal | None:
        if name not in self._given:
            return current
        text = self._scalar(name)
        if not text:
            return None
        value = _number(text)
        if not value.is_finite() or abs(value.adjusted()) > 9:
            self.refuse(name, "is not a number")
            return Decimal("0.0")  # so that "can't be blank" is not said as well
        if positive and value <= 0:
            self.refuse(name, "must be greater than 0")
        return with_fraction(value)

    def integer(self, name: str, current: int | None = None, *, least: int = 1) -> int | None:
        if name not in self._given:
            return current
        text = self._scalar(name)
        if not text:
            return None
        value = _number(text)
        if not value.is_finite() or abs(value) >= _BIGGEST:
            self.refuse(name, "is not a number")
            return current
        if value < least:
            self.refuse(name, f"must be a number greater than or equal to {least}")
        return int(value)

    def flag(self, name: str, current: bool | None = None) -> bool | None:
        if name not in self._given:
            return current
        text = self._scalar(name)
        return text.lower() in _TRUE if text else None

    def day(self, name: str, current: date | None = None) -> date | None:
        if name not in self._given:
            return current
        try:
            return date.fromisoformat((self._scalar(name) or "")[:10])
        except ValueError:
            return None

    def _scalar(self, name: str) -> str | None:
        match self._given[name]:
            case None:
                return None
            case bool() as value:
                return "1" if value else "0"
            case str() | int() | float() as value:
                return str(value)
            case _:
                self.refuse(name, "is invalid")
                return None


def _number(text: str) -> Decimal:
    """The number, or NaN if it is not valid; Python by itself would let ``1_000`` pass."""
    try:
        return Decimal("nan" if "_" in text else text)
    except InvalidOperation:
        return Decimal("nan")
