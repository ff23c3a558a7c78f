"""Unpacks wheels into a directory from which they can be imported: bundle.py DIRECTORY WHEEL…"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from zipfile import ZipFile


def unpack(directory: Path, wheels: list[str]) -> None:
    """The wheels' modules and licences; of certifi only its bundle of authorities, with code of ours beside it."""
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.startswith("certifi/") or name == "certifi/cacert.pem":
                    archive.extract(name, directory)
    shutil.copyfile(Path(__file__).parent / "pyz" / "certifi.py", directory / "certifi" / "__init__.py")


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), sys.argv[2:])
