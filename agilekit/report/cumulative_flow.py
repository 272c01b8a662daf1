"""The cumulative flow: how many cards are in each column, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from agilekit.report.chart import LAYERS, Chart, date_axis, short
from agilekit.report.figures import FlowDay

__all__ = ["cumulative_flow"]


def cumulative_flow(days: Sequence[FlowDay]) -> Chart:
    name, title = "cumulative-flow", "Cumulative flow"
    by_day = {day: [*found] for day, found in groupby(days, key=lambda one: one.day)}
    if len(by_day) < 2:
        text = "No cumulative flow: the service tells of no moves between columns on two days."
        return Chart(name, title, text)
    columns = {one.column_id: one.column for one in days}
    counts = {
        id: [
            next((one.cards for one in found if one.column_id == id), 0)
            for found in by_day.values()
        ]
        for id in columns
    }

    def plot(axes: Any) -> None:
        moments = [date.fromisoformat(day) for day in by_day]
        # What is done lies at the bottom, so that its edge shows what has come through.
        layers = [*reversed(columns)]
        colors = [LAYERS[layer % len(LAYERS)] for layer in range(len(layers))]
        heights: list[Sequence[int]] = [counts[id] for id in layers]
        axes.stackplot(moments, heights, colors=colors, alpha=0.85, linewidth=0)
        base = 0.0
        total = max(1, sum(height[-1] for height in heights))
        for id, height, color in zip(layers, heights, colors, strict=True):
            if height[-1] > 0.03 * total:
                middle = base + height[-1] / 2
                axes.annotate(
                    f" {short(columns[id])}",
                    (moments[-1], middle),
                    color=color,
                    va="center",
                    annotation_clip=False,
                )
            base += height[-1]
        axes.set_xlim(moments[0], moments[-1])
        axes.set_ylim(bottom=0)
        axes.set_ylabel("cards")
        date_axis(axes)

    last = [*by_day.values()][-1]
    rows = [(day, *(str(counts[id][index]) for id in columns)) for index, day in enumerate(by_day)]
    text = ", ".join(f"{one.cards} in {one.column}" for one in last)
    return Chart(name, title, f"At the end: {text}.", ("day", *columns.values()), rows, plot)
