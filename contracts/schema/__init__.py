"""JSON Schema: converted, validated, explained, sampled."""
