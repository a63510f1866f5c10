"""OpenAPI overlays: read, checked, applied."""
