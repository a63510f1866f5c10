"""What was seen, held against what the contract promises."""
