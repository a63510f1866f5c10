"""What was asked and answered, without secrets."""
