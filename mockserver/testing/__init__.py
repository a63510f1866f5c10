"""pytest: the double in a test, through fixtures, a marker and decorators."""
