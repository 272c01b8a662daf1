"""A chart: what it shows as text and numbers, and its picture, which matplotlib draws.

Only the pictures need matplotlib.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from agilekit.export.optional import require

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "LAYERS",
    "ORANGE",
    "Chart",
    "Picture",
    "Plot",
    "date_axis",
    "label",
    "short",
    "threshold",
]

Picture: TypeAlias = Literal["svg", "png"]
Plot: TypeAlias = Callable[[Any], None]
"""Draws into axes; the types of matplotlib are not complete."""

# Okabe and Ito's colours, which people can tell apart however they see colours.
BLUE: Final = "#1a82c8"
ORANGE: Final = "#d55e00"
GREEN: Final = "#009e73"
GREY: Final = "#8a8a8a"
LAYERS: Final = (BLUE, "#e69f00", GREEN, "#cc79a7", "#56b4e9", ORANGE, "#f0e442", "#5a4fcf")
# Stands for the colour of the text around a chart, so that it suits a dark page, too.
_INK: Final = "#010203"
_SIZE: Final = (7.2, 3.4)  # inches


@frozen
class Chart:
    """One chart, and the numbers in it."""

    name: str
    title: str
    text: str
    """What it shows, in a sentence; if there is nothing to show, why."""
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    """The numbers of the chart, as text."""
    _plot: Plot | None = field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        state = "empty" if self.is_empty else f"rows={len(self.rows)}"
        return f"<Chart {self.name} {state}>"

    @property
    def is_empty(self) -> bool:
        return self._plot is None

    def picture(self, kind: Picture) -> bytes:
        """The chart as a file. Raises InvalidInput if matplotlib is missing."""
        plot = self._plot
        if plot is None:
            raise ValueError(f"the chart {self.name} is empty: {self.text}")
        figures = require("matplotlib.figure", extra="report", by="a chart")
        style = require("matplotlib", extra="report", by="a chart")
        settings = {
            "svg.hashsalt": self.name,
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "text.parse_math": False,
        }
        ink = "#333333" if kind == "png" else _INK
        names = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
        with style.rc_context({**settings, **dict.fromkeys(names, ink)}):
            figure = figures.Figure(figsize=_SIZE, layout="constrained")
            axes = figure.subplots()
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(axis="y", color=GREY, alpha=0.25, linewidth=0.6)
            axes.set_axisbelow(True)
            plot(axes)
            made = io.BytesIO()
            if kind == "png":
                figure.savefig(made, format="png", dpi=160, facecolor="white")
            else:
                figure.savefig(
                    made, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
                )
        return made.getvalue()

    def inline(self) -> str:
        """The chart as an ``<svg>`` to stand in a page, in the colour of its text."""
        text = self.picture("svg").decode()
        text = text[text.index("<svg") :].replace(_INK, "currentColor")
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
        # Ids of groups are numbered anew in each chart; nothing refers to them.
        text = re.sub(r'<g id="[a-zA-Z]+[0-9a-z]*_\d+">', "<g>", text)
        return re.sub(r'<svg (.*?)width="[^"]*"', r"<svg \1", text, count=1, flags=re.DOTALL)


def label(axes: Any, at: tuple[float, float | None], text: str, color: str) -> None:
    axes.annotate(
        text, at, xytext=(5, 6), textcoords="offset points", color=color, annotation_clip=False
    )


def threshold(axes: Any, value: float, text: str, color: str) -> None:
    """A horizontal line, with its label at the right edge."""
    axes.axhline(value, color=color, linewidth=1.2, linestyle="--")
    axes.text(1.005, value, text, color=color, va="center", transform=axes.get_yaxis_transform())


def date_axis(axes: Any) -> None:
    dates = require("matplotlib.dates", extra="report", by="a chart")
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def short(text: str) -> str:
    return text if len(text) <= 18 else f"{text[:17]}…"
