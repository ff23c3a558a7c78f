"""Stands in for certifi's own code beside its bundle of authorities.

requests asks for the bundle's path at every start. From within a single file certifi would answer with a fresh
temporary file, and leave it behind. The plugin trusts the system's authorities, so those are named here; the bundle
is unpacked, into memory, only where the system has none.
"""

from __future__ import annotations

import functools
import os
import pkgutil
import ssl


def where() -> str:
    """The path of the system's authorities, or of the bundle where the system has none."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or _bundle()


@functools.lru_cache(maxsize=1)
def _bundle() -> str:
    descriptor = os.memfd_create("cacert.pem")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(pkgutil.get_data("certifi", "cacert.pem") or b"")
    return f"/proc/self/fd/{descriptor}"
