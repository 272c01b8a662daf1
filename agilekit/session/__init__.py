"""The only place that waits: slot -> pace -> transport, and retries around them."""
