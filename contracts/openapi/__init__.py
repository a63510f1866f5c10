"""OpenAPI documents read tolerantly: operations, parameters, replies."""
