"""A server of another hand, the people who use it too, and what a report may claim of both."""
