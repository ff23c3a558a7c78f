"""Pexip Infinity: the Management API of a Management Node, one module a mode."""
