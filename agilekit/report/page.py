"""The report as one page that needs no other file: charts, their numbers, no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from agilekit.report.chart import Chart
from agilekit.report.charts import draw
from agilekit.report.figures import Figures, ProjectFigures
from agilekit.report.numbers import counted

__all__ = ["page"]

_STYLE: Final = """
:root { color-scheme: light dark; --paper: #fff; --card: #f6f7f9; --ink: #1c1f23;
  --soft: #5b6470; --line: #d9dde3; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1d2127;
  --ink: #e8eaed; --soft: #a3acb8; --line: #343a43; --accent: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line);
  padding-bottom: .35rem; }
h2 small { color: var(--soft); font-weight: normal; font-size: .85rem; margin-left: .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: 0; color: var(--soft); }
.charts { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }
section section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem 1.1rem; min-width: 0; }
svg { display: block; width: 100%; height: auto; margin: .6rem 0 .25rem; color: var(--ink); }
svg text { font-family: system-ui, sans-serif; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
.scroll { overflow: auto; max-height: 20rem; margin-top: .4rem; }
table { border-collapse: collapse; font-size: .85rem; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { position: sticky; top: 0; background: var(--card); font-weight: 600; }
nav ul { list-style: none; padding: 0; margin: 1rem 0 0; display: flex;
  flex-wrap: wrap; gap: .4rem 1.2rem; }
a { color: var(--accent); }
"""


def page(figures: Figures) -> str:
    """The report as HTML. Raises InvalidInput if matplotlib is missing."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: Figures) -> Iterator[str]:
    title = _title(figures)
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # Without an icon, a browser asks the server for one.
    yield '<link rel="icon" href="data:,">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<header><h1>{escape(title)}</h1>"
    projects = counted(len(figures.projects), "project")
    yield f"<p>{projects}, exported {escape(_moment(figures))}.</p></header>"
    if len(figures.projects) > 1:
        yield "<nav><ul>"
        for number, project in enumerate(figures.projects):
            yield f'<li><a href="#p{number}">{escape(project.title)}</a></li>'
        yield "</ul></nav>"
    yield "<main>"
    for number, project in enumerate(figures.projects):
        yield from _project(number, project)
    yield "</main></body></html>"


def _project(number: int, project: ProjectFigures) -> Iterator[str]:
    service, host, _ = project.key
    yield f'<section id="p{number}" aria-labelledby="h{number}">'
    account = f"<small>{escape(service)}, {escape(host)}</small>"
    yield f'<h2 id="h{number}">{escape(project.title)}{account}</h2><div class="charts">'
    for chart in draw(project):
        yield from _chart(chart)
    yield "</div></section>"


def _chart(chart: Chart) -> Iterator[str]:
    yield f'<section class="{chart.name}"><h3>{escape(chart.title)}</h3><p>{escape(chart.text)}</p>'
    if not chart.is_empty:
        label = escape(f"{chart.title}. {chart.text}", quote=True)
        yield chart.inline().replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        yield "<details><summary>The numbers</summary>"
        yield '<div class="scroll"><table><thead><tr>'
        yield "".join(f'<th scope="col">{escape(name)}</th>' for name in chart.header)
        yield "</tr></thead><tbody>"
        for row in chart.rows:
            yield f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>"
        yield "</tbody></table></div></details>"
    yield "</section>"


def _title(figures: Figures) -> str:
    if (
        figures.about_sprint
        and len(figures.projects) == 1
        and (sprint := figures.projects[0].sprint)
    ):
        return f"{sprint.sprint or sprint.sprint_id} · {figures.projects[0].title}"
    if len(figures.projects) == 1:
        return figures.projects[0].title
    return "Projects"


def _moment(figures: Figures) -> str:
    return f"{figures.exported_at[:16].replace('T', ' ')} UTC" if figures.exported_at else "never"
