"""Text from outside to documents and fragments."""
