"""A module for each resource, one function for each call: a request in, its response out."""
