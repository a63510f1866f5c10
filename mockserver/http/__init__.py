"""HTTP: messages, and how they are read, sent and broken."""
