"""What an API promises, whether it is kept, and what changed."""
