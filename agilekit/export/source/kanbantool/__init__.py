"""The boards of a Kanban Tool account, as rows."""
