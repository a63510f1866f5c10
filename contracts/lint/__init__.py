"""What is wrong with documents that people publish."""
