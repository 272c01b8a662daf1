"""The text of a connection's table, as a person writes it into the file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from agilekit.connections.secrets import Source

__all__ = ["MEANINGS", "ConnectionTable"]

MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "flyingdonut": {
        "project": "its id, in the project's settings under Integrations",
        "secret": "the secret of its integration",
        "username": "the member in whose name cards are written",
    },
    "flow": {
        "board": "what the board's address begins with",
        "key": "a key of the interactive console",
        "user_id": "the number of the member in whose name tasks are written",
    },
    "easybacklog": {
        "base_url": "everything before /accounts",
        "token": "an API key",
        "user_id": "the number of the user whose key it is",
        "key": "an API key of that user",
    },
    "kanbantool": {
        "account": "the name before .kanbantool.com",
        "token": "the API token of a user's profile",
    },
}
"""What each setting of a service is, beside those that all services have."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class ConnectionTable:
    """A connection that is not in a file yet."""

    name: str
    service: str
    settings: Mapping[str, str | int | bool]
    secret: str
    """What the client calls it."""
    source: Source
    reference: str = field(repr=False)
    """What names it there; of the source ``plain``, the secret itself."""

    @property
    def is_text(self) -> bool:
        """Whether a file in UTF-8 can hold it."""
        try:
            self.text().encode()
        except UnicodeEncodeError:
            return False
        return True

    def text(self) -> str:
        """The lines of the table, with what each setting is."""
        meanings = MEANINGS[self.service]
        values = {"service": self.service, **self.settings}
        lines = {key: f"{key} = {_value(value)}" for key, value in values.items()}
        secret = _value(self.reference)
        if self.source != "plain":
            secret = f"{{ {self.source} = {secret} }}"
        lines[self.secret] = f"{self.secret} = {secret}"
        told = (
            f"{line}  # {meanings[key]}" if key in meanings else line for key, line in lines.items()
        )
        return "\n".join([f"[connections.{_key(self.name)}]", *told, ""])


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: str | int | bool) -> str:
    """As TOML writes it."""
    # TOML's texts have the escapes of JSON's; JSON leaves DEL as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
