"""The names that easyBacklog makes itself: codes of themes and unique ids of stories."""

from __future__ import annotations

import re
from itertools import chain, count, product
from string import ascii_uppercase, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def theme_code(name: str, taken: Collection[str]) -> str:
    """A free code of three characters for a theme, such as HOP for "Home page"."""
    wanted = _initials(re.findall(r"[A-Za-z0-9]+", name)).upper()
    return wanted if wanted not in taken else free_code(wanted, taken)


def free_code(wanted: str, taken: Collection[str]) -> str:
    """The first free one of HO1, HO2, …, H10, H11, …, 100, 101, … for HOP, or else any."""
    numbers = (str(number) for number in range(1, 1000))
    near = (wanted[: 3 - len(number)] + number for number in numbers)
    far = map("".join, product(digits + ascii_uppercase, repeat=3))
    return next(code for code in chain(near, far) if code not in taken)


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name, or the first free one of "Name 1", "Name 2" and so on."""
    if wanted not in taken:
        return wanted
    return next(name for number in count(1) if (name := f"{wanted} {number}") not in taken)


def unique_id(taken: Collection[int]) -> int:
    """The lowest number from 1 that no other story of the theme has."""
    used = set(taken)
    return next(number for number in count(1) if number not in used)


def _initials(words: list[str]) -> str:
    match words:
        case []:
            return "T01"
        case [word]:
            letters = word[:3]
        case [first, second]:
            letters = first[:2] + second[: 3 - len(first[:2])]
        case _:
            letters = words[0][0] + words[1][0] + words[2][0]
    # One that ends in a digit was seen to be followed by 2: T52 for "T5", but JS1 for "Js".
    padding = "02" if letters[-1].isdigit() else "01"
    return letters + padding[len(letters) - 1 :] if len(letters) < 3 else letters
