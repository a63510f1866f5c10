"""What ties an operation that submits to the one that polls."""
