"""The reference client: never buys twice, never loses a paid job."""
