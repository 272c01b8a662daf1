"""What the API Reference leaves open, as options."""

from __future__ import annotations

from agilekit.sandbox.flow.renderer import EmptyMap, Lists, Renderer, XmlMaps


class Options:
    """See :class:`agilekit.sandbox.flow.Flow`; each may be assigned at any time."""

    def __init__(self) -> None:
        self.empty_map: EmptyMap = "[]"
        self.ids_as_text: bool = False
        self.lists: Lists = "map"
        self.xml_maps: XmlMaps = "repeated"

    @property
    def renderer(self) -> Renderer:
        """How answers are written under the options of now."""
        return Renderer(
            empty_map=self.empty_map,
            ids_as_text=self.ids_as_text,
            lists=self.lists,
            xml_maps=self.xml_maps,
        )
