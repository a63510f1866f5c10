"""A server held against the contract: what is asked of it, what its replies are judged by, and how a run ends."""
