"""Reports of an export: one page, its charts as files, and a summary to send to people."""

from agilekit.report.charts import Chart, Picture, draw
from agilekit.report.figures import Figures, ProjectFigures, read
from agilekit.report.page import page
from agilekit.report.summary import summary

__all__ = ["Chart", "Figures", "Picture", "ProjectFigures", "draw", "page", "read", "summary"]
