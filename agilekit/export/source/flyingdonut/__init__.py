"""A project of Flying Donut, as rows."""
