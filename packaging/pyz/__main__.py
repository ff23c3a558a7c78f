"""Starts check_videoconf from the single file, or from the directory it was unpacked into."""

import sys

# In the syntax of old versions, which have to read it.
if sys.version_info < (3, 9):  # noqa: UP036 -- a single file meets whatever Python there is
    sys.stdout.write("UNKNOWN: check_videoconf needs Python 3.9 or newer, this is {}.{}\n".format(*sys.version_info))
    sys.exit(3)

from check_videoconf.cli import entry

entry()
