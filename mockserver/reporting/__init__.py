"""What the double noticed about its client."""
