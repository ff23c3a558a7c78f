"""What every answer of the plugin keeps to, whatever it says."""

from __future__ import annotations

from .conftest import Answer

PASSWORD = "correct horse battery"
#: What the rows of the tests call a participant; no output may hold it.
PERSON = "Zaphod"


def kept(answer: Answer) -> Answer:
    """The answer, once it is known to keep the promises: one `|` at most, nothing on stderr, no secret, no name."""
    assert answer.stderr == ""
    assert answer.code in (0, 1, 2, 3)
    assert answer.stdout.endswith("\n")
    assert answer.stdout.count("|") <= 1
    assert PASSWORD not in answer.stdout
    assert PERSON.lower() not in answer.stdout.lower()
    assert "Traceback" not in answer.stdout
    return answer
