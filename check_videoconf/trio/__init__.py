"""Poly Trio: the phone's own REST API, one module a mode."""
