"""What the options of the sandbox have in common: how they are checked, and how they are shown."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast, get_args

from attrs import Attribute, AttrsInstance, fields

Seed: TypeAlias = Literal["empty", "demo"]
"""What a fresh service holds: the least that there can be, or something to look at."""


def check_choice(name: str, given: str, choices: tuple[str, ...]) -> None:
    """Raises :class:`ValueError` for a value that is not one of the choices."""
    if given not in choices:
        raise ValueError(f"{name} is {given!r}, not {' or '.join(choices)}")


def check_seed(seed: Seed) -> None:
    """Raises :class:`ValueError` for a seed that is neither "empty" nor "demo"."""
    check_choice("seed", seed, get_args(Seed))


def probability(_: object, attribute: Attribute[float], value: float) -> None:
    """A validator of attrs. Raises :class:`ValueError` for a value out of range."""
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} is a probability, from 0 to 1, not {value!r}")


def options_repr(options: AttrsInstance) -> str:
    """The class and the options that differ from their defaults: ``Race(odds=1, seed=7)``."""
    changed = (
        f"{field.name}={_shown(value)}"
        for field in fields(type(options))
        if (value := getattr(options, field.name)) != field.default
    )
    return f"{type(options).__name__}({', '.join(changed)})"


def _shown(value: object) -> str:
    # A set has no order, and a test that compares the repr of one needs it.
    if isinstance(value, frozenset):
        items = cast("frozenset[object]", value)
        return f"{{{', '.join(sorted(map(repr, items)))}}}"
    return repr(value)
