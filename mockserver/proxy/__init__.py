"""Stands between a client and a real API."""
