"""The backlogs of an easyBacklog user, as rows."""
