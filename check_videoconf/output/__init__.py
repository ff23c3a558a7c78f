"""A finished check to text: one module a format."""
