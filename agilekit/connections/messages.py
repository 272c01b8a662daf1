"""What is said of a file of connections: in the words of TOML, and without what may be a secret.

| what is in the file | is shown as |
|---|---|
| a text, a number, a date | itself, cut |
| ``true``, ``false`` | itself |
| a list, a table | ``a list``, ``a table``: it may be deep without end |
| the name of a variable, a file or an entry of the keyring | itself, if it is made of words |
| any other such name | nothing: it may be the secret itself, pasted where its name belongs |
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["in_toml", "is_made_of_words", "is_out_of_range", "shown"]

_SHOWN: Final = 60  # characters
_WIDEST: Final = 1 << 63  # TOML's whole numbers have 64 bits
_BETWEEN_WORDS: Final = re.compile(r"[\s_.~/\\:-]+")
# Tokens and keys mix letters with digits, or have neither end nor case.
_WORD: Final = re.compile(r"(?:[A-Z]{1,14}|[A-Z]?[a-z]{1,14})[0-9]{0,2}|[0-9]{1,4}")
_ARGUMENT: Final = re.compile(r"\b([a-z_]+)=(True|False)\b")
_KEYS: Final = re.compile(r"\('[^']*'(?:, '[^']*')*,?\)")


def shown(value: object) -> str:
    """A value of the file, as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_out_of_range(value):
        return "a whole number of more than 64 bits"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    return f"{value!r:.{_SHOWN}}" if isinstance(value, str) else f"{value!s:.{_SHOWN}}"


def is_out_of_range(value: object) -> bool:
    """Whether it is a whole number that TOML does not have, although its reader may."""
    return isinstance(value, int) and not -_WIDEST <= value < _WIDEST


def in_toml(message: str) -> str:
    """What a client or TOML's reader says, with its Python in the words of the file."""
    message = _ARGUMENT.sub(lambda found: f"{found[1]} = {found[2].lower()}", message)
    return _KEYS.sub(lambda found: ".".join(re.findall(r"'([^']*)'", found[0])), message)


def is_made_of_words(name: str) -> bool:
    """Whether a name of a variable, a file or an entry cannot be a secret."""
    words = [word for word in _BETWEEN_WORDS.split(name) if word]
    return bool(words) and all(map(_WORD.fullmatch, words))
