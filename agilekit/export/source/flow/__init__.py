"""The projects of a flow board, as rows."""
