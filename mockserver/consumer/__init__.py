"""Consumers under test: what a client does when the double does everything that the contract allows."""
