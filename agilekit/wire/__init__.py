"""Bytes and values, and nothing that waits: no I/O, no await, no clock."""
