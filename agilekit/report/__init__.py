"""Reports of an export: one page, its charts as files, and a summary to send to people."""

from agilekit.report.chart import Chart, Picture
from agilekit.report.charts import draw
from agilekit.report.database import read
from agilekit.report.figures import (
    BurndownStep,
    Cycle,
    Figures,
    FlowDay,
    Lead,
    ProjectFigures,
    SprintVelocity,
    Week,
)
from agilekit.report.page import page
from agilekit.report.summary import summary

__all__ = [
    "BurndownStep",
    "Chart",
    "Cycle",
    "Figures",
    "FlowDay",
    "Lead",
    "Picture",
    "ProjectFigures",
    "SprintVelocity",
    "Week",
    "draw",
    "page",
    "read",
    "summary",
]
