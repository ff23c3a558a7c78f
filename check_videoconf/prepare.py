"""What a check needs before it asks: options that follow from others, the login, the state directory, the memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .auth import Login
    from .deadline import Deadline
    from .mode import Mode
    from .options import Options
    from .state import Memory


def refuse_filter_of_everything(mode: type[Mode], options: Options) -> None:
    """A --filter-counters that leaves nothing to judge would make every state OK. Raises OptionError."""
    from .errors import OptionError

    labels = mode.labels()
    # What the members of a family are called is known only by the answer.
    if not any("*" in label for label in labels) and (said := mode.none_left(options, labels)):
        raise OptionError(said)


def settle(mode: type[Mode], options: Options, deadline: Deadline) -> None:
    """Options that follow from others, from the system and from the environment. Raises OptionError."""
    from . import catalog, credentials
    from .errors import OptionError

    system = catalog.SYSTEMS[mode.system]
    options.lock = (options.lock or system.one_at_a_time) and not options.no_lock
    options.cache = mode.cache if options.cache is None else options.cache
    if options.auth == "oauth2":
        if mode.system != "pexip":
            raise OptionError("--auth oauth2: only Pexip Infinity knows it")
        if not options.oauth2_client_id or not options.oauth2_key:
            raise OptionError("--auth oauth2 needs --oauth2-client-id and --oauth2-key")
        options.username = options.oauth2_client_id
        return
    found = credentials.find(options, os.environ, system.username, deadline.left())
    options.username, options.password = found
    if options.password is None and not mode.anonymous:
        raise OptionError(
            f"a password is required: --password-file FILE, --password-command CMD, {credentials.PASSWORD} in the "
            "environment, or --password"
        )


def login(options: Options) -> Login:
    """How requests are logged in, by --auth."""
    if options.auth == "oauth2":
        from .oauth2 import Bearer

        return Bearer(options.oauth2_client_id, options.oauth2_key)
    from . import auth

    return auth.login(options.auth, options.username, options.password)


def state_directory(mode: type[Mode], options: Options, remarks: list[str]) -> str:
    """The state directory where this check needs one, else `''`."""
    if not (options.lock or options.cache or mode.remembers(options) or mode.acts or options.auth == "oauth2"):
        return ""
    from .state import directory

    found, reason = directory(options.state_dir)
    if reason:
        remarks.append(f"no lock, no cache and no state between runs: {reason}")
    return found


def memory(mode: type[Mode], options: Options, directory: str, remarks: list[str], deadline: Deadline) -> Memory | None:
    """What lasts between runs of this service, if anything does: of each set of options its own."""
    if not mode.remembers(options):
        return None
    from .common_options import COMMON
    from .state import Memory

    left_out = {"given", "timeout", "state_dir"}
    left_out |= {option.dest for option in COMMON if option.group in ("credentials", "output", "help")}
    values = sorted((name, _key(value)) for name, value in vars(options).items() if name not in left_out)
    return Memory(directory, (mode.system, mode.name, *values), remarks, patience=deadline.left() / 2)


def _key(value: Any) -> str:
    """An option's value as part of a key; of a pattern its text, since its repr() is cut off."""
    return "\n".join(map(_key, value)) if isinstance(value, list) else repr(getattr(value, "pattern", value))
