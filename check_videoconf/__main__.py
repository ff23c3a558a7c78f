"""`python -m check_videoconf`: the same command line as the installed one."""

from check_videoconf.cli import entry

entry()
