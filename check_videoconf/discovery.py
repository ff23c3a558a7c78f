"""The modes `list-…`, the same for all systems: what there is, for people, for Centreon and for Icinga Director."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .counters import Finding
from .mode import Mode
from .options import Option, Options


class Discovery(Mode):
    """Base of each `List…`. That declares `record`, `columns`, `fields`, `filters`, and writes `find`.

    `find` yields records that hold at least the columns. They are printed, sorted by what the columns say, in place of
    a check's output: as a table, with --disco-show as Centreon's XML, with --output json as a list of objects. Exit
    code 0; whatever cannot be read makes it UNKNOWN with the usual first line and no list: a list that lacks something
    would have the poller delete its services. `personal` columns are there only with --show-names.
    """

    personal: ClassVar[tuple[str, ...]] = ()
    options = (
        Option("--disco-format", "", "print the names of what it says of each, as Centreon's discovery asks for them"),
        Option("--disco-show", "", "print the list as Centreon's discovery reads it"),
    )

    @classmethod
    def shown_columns(cls, options: Options) -> tuple[str, ...]:
        return tuple(column for column in cls.columns if options.show_names or column not in cls.personal)

    def find(self) -> Iterator[dict[str, Any]]:
        """Each thing there is, before the filters. Raises VideoconfError."""
        raise NotImplementedError

    def probe(self) -> Iterator[Finding]:
        columns = self.shown_columns(self.given)
        found = [{column: record[column] for column in columns} for record in self.select(self.find())]
        self.things.extend(sorted(found, key=lambda thing: [f"{thing[column]}" for column in columns]))
        hidden = [column for column in self.columns if column not in columns]
        if hidden:
            self.remarks.append(f"not shown without --show-names, it may be personal: {', '.join(hidden)}")
        yield from ()

    def headline(self) -> str:
        return self.count_of(len(self.things))
