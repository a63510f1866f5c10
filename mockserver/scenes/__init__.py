"""What happens to jobs, and what goes wrong on the way."""
