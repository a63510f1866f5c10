"""Values made from schemas: valid ones that reach the corners, and ones that break exactly one rule."""
