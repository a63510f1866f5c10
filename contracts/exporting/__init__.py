"""A contract as one document for other tools."""
