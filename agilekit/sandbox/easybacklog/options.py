"""What the document and the recordings leave open, as options."""

from __future__ import annotations

from typing import Literal

from agilekit.sandbox.renderer import Renderer, Ruby


class Options:
    """See :class:`agilekit.sandbox.easybacklog.EasyBacklog`; each may be assigned at any time."""

    def __init__(self) -> None:
        self.decimals_as_text: bool = False
        self.strict: bool = True
        self.ruby: Ruby = "2.7"
        self.keys: Literal["recorded", "documented"] = "recorded"
        self.sixteen_bits: bool = False

    @property
    def renderer(self) -> Renderer:
        """How answers are written under the options of now."""
        return Renderer(
            decimals_as_text=self.decimals_as_text,
            sixteen_bits=self.sixteen_bits,
            illegal="\ufffd" if self.sixteen_bits else "*",
            ruby=self.ruby,
        )
