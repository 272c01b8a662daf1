"""Reads the samples of the documents from the folders beside this file, one for each service.

A sample is one file, as JSON or as XML, named after the heading that it stands under.
"""

import json
from pathlib import Path
from typing import cast


class Samples:
    """The samples of one service's document."""

    def __init__(self, service: str) -> None:
        self.folder = Path(__file__).parent / service

    def xml(self, heading: str) -> str:
        return self._text(f"{heading}.xml")

    def json(self, heading: str) -> object:
        return cast("object", json.loads(self._text(f"{heading}.json")))

    def entity(self, heading: str) -> dict[str, object]:
        return cast("dict[str, object]", self.json(heading))

    def entities(self, heading: str) -> list[dict[str, object]]:
        return cast("list[dict[str, object]]", self.json(heading))

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")
