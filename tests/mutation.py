"""How the tests run under mutation testing; pytest loads it with `-p tests.mutation`."""

from __future__ import annotations

import sys

from hypothesis import settings

# The same few examples for each mutant: whether it survives must not depend on chance.
settings.register_profile("mutants", deadline=None, max_examples=15, derandomize=True, database=None)
# Each call of a mutated function goes through two frames of mutmut's.
sys.setrecursionlimit(3 * sys.getrecursionlimit())
