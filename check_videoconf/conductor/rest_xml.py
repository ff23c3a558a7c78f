"""What the REST APIs say in XML, in the shape of their JSON."""

from __future__ import annotations

from typing import Any

from .markup import Element


def peers(root: Element) -> list[dict[str, Any]]:
    """The peers of a table in XML, as the JSON has them; the guide does not print the names of the elements above."""
    found = []
    for element in root.walk():
        parts = {child.name: child for child in element.children}
        if "num_recs" in parts:
            rows = parts["records"].children if "records" in parts else []
            found.append(
                {
                    "peer": parts["peer"].text.strip() if "peer" in parts else "",
                    "num_recs": parts["num_recs"].text.strip(),
                    "records": [{field.name: field.text.strip() for field in row.children} for row in rows],
                }
            )
    return found


def leaves(root: Element) -> dict[str, str]:
    """The elements without children by their names; the first of a name in the order of the document counts."""
    found: dict[str, str] = {}
    for element in root.walk():
        if not element.children:
            found.setdefault(element.name, element.text.strip())
    return found


def objects(root: Element) -> dict[str, Any]:
    """What is in the root, or it alone; an element is the text or the object in it, of equal names a list."""
    return _members(root.children or [root])


def _members(elements: list[Element]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for element in elements:
        inner = _members(element.children) if element.children else element.text.strip()
        found.setdefault(element.name, []).append(inner)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
