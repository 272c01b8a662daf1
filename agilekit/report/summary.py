"""A report as a few lines of text, to be sent to people."""

from __future__ import annotations

from collections.abc import Iterator

from agilekit.report.charts import draw
from agilekit.report.figures import Figures

__all__ = ["summary"]


def summary(figures: Figures) -> str:
    """One paragraph a project; charts that are empty are left out."""
    return "\n\n".join("\n".join(paragraph) for paragraph in _paragraphs(figures)) + "\n"


def _paragraphs(figures: Figures) -> Iterator[list[str]]:
    for project in figures.projects:
        said = [f"{one.title}: {one.text}" for one in draw(project) if not one.is_empty]
        # A title may hold line breaks, which would look like lines of the summary.
        points = [f"- {' '.join(text.split())}" for text in said or ["nothing to report"]]
        yield [" ".join(project.title.split()), *points]
