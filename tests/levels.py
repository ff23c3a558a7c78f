"""Tests of every threshold, at each level it can be set to, with the exit code that it gives."""

from __future__ import annotations

import pytest

#: Of a counter's range.
AT_EACH_LEVEL = pytest.mark.parametrize(("level", "code"), [("warning", 1), ("critical", 2)])
#: Of a status's expression.
AT_EACH_STATE = pytest.mark.parametrize(("level", "code"), [("warning", 1), ("critical", 2), ("unknown", 3)])
