"""pytest: the contract in a test, through fixtures."""
