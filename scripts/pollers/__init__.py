"""Templates for monitoring engines, made from the catalog and the modes' declarations; one module for each engine."""
