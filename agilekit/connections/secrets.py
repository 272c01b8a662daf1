"""Where a secret is, and how it is got from there."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import field, frozen

from agilekit.connections.messages import is_made_of_words
from agilekit.errors import InvalidInput
from agilekit.suggestions import did_you_mean

__all__ = ["Secret", "Source"]

Source: TypeAlias = Literal["env", "file", "keyring", "plain"]

_SOURCES: Final = ("env", "file", "keyring")
_SOURCE_WORDS: Final = {"env": "variable", "file": "file", "keyring": "keyring entry"}
_KEY: Final = os.urandom(32)  # of this process: what is hashed with it cannot be guessed elsewhere
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOW: Final = (
    '{name} = {{ env = "NAME" }} for a variable of the environment, {{ file = "PATH" }} for a file '
    'that holds nothing else, or {{ keyring = "SERVICE/USER" }}'
)


@frozen
class Secret:
    """Where one secret is. It is shown nowhere."""

    name: str
    """What the client calls it."""
    source: Source
    reference: str = field(repr=False)
    """What names it there: the variable, the file or the entry; or the secret itself."""
    folder: Path
    """What the path of a file begins at."""

    @classmethod
    def read(cls, name: str, given: object, folder: Path, *, may_be_plain: bool) -> Secret:
        """From a value of the connections file. Raises InvalidInput, and says how to do it."""
        if isinstance(given, str):
            if may_be_plain:  # the file says that it holds secrets itself
                return cls(name, "plain", given, folder)
            raise InvalidInput(
                f"{name} stands in the file itself, where others may read it: write "
                f"{_HOW.format(name=name)}; or set secrets_in_this_file = true at its top"
            )
        if isinstance(given, dict):
            entries = cast("Mapping[object, object]", given)
            if len(entries) == 1:
                ((source, reference),) = entries.items()
                if source in _SOURCES and isinstance(reference, str) and reference:
                    _check_variable(name, source, reference)
                    return cls(name, source, reference, folder)
                if meant := did_you_mean(source, _SOURCES):
                    raise InvalidInput(f"{name} must be {_HOW.format(name=name)}{meant}")
        raise InvalidInput(f"{name} must be {_HOW.format(name=name)}")

    def get(self) -> str:
        """The secret. Raises InvalidInput if it is not there."""
        match self.source:
            case "env":
                found = os.environ.get(self.reference, "")
            case "file":
                found = self._of_file()
            case "keyring":
                found = self._of_keyring()
            case "plain":
                found = self.reference
        if not found:
            raise InvalidInput(f"{self.name}: {self._named()} is not set, or empty")
        return found

    @property
    def key(self) -> str:
        """Equal for equal secrets, none of which it shows; or else names where this one is."""
        try:
            known = self.get()
        except InvalidInput:
            known = f"{self.source} {self.folder} {self.reference}"
        return hashlib.blake2b(known.encode(errors="replace"), key=_KEY).hexdigest()

    def _named(self) -> str:
        if self.source == "plain":
            return "it"
        word = _SOURCE_WORDS[self.source]
        if is_made_of_words(self.reference):
            return f"the {word} {self.reference}"
        return f"the {word} that it names (not shown: it may be the secret itself)"

    def _of_file(self) -> str:
        try:
            return (self.folder / Path(self.reference).expanduser()).read_text("utf-8-sig").strip()
        except RuntimeError:
            reason = "is in nobody's home"
        except OSError as error:
            reason = f"cannot be read: {error.strerror or 'an error of the system'}"
        except ValueError:
            reason = "cannot be read: it is not text"
        # Outside of the handlers: what they caught names the file, which may be a pasted secret.
        raise InvalidInput(f"{self.name}: {self._named()} {reason}")

    def _of_keyring(self) -> str:
        service, slash, user = self.reference.partition("/")
        if not slash:
            raise InvalidInput(f'{self.name}: a keyring entry is written "SERVICE/USER"')
        try:
            import keyring
            from keyring.errors import KeyringError
        except ModuleNotFoundError:
            raise InvalidInput(
                f"{self.name}: the keyring needs keyring: pip install 'agilekit[keyring]'"
            ) from None
        try:
            found: Any = keyring.get_password(service, user)
        except KeyringError as error:
            raise InvalidInput(f"{self.name}: the keyring cannot be read: {error}") from None
        return str(found or "")


def _check_variable(name: str, source: str, reference: str) -> None:
    """Raises InvalidInput for what cannot be the name of a variable; it is not repeated."""
    if source == "env" and not _VARIABLE.fullmatch(reference):
        raise InvalidInput(
            f"{name}: env must be the name of a variable, such as AGILEKIT_{name.upper()}, not the "
            f"{name} itself"
        )
