"""Drift reported: on a terminal, for machines, for pull requests and for CI servers."""
