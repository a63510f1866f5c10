"""Plays a job API from its contract."""
