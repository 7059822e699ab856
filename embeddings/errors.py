"""The one error of citebot's own: a line for the user that says what was seen, what was wanted and what to do."""


class CitebotError(Exception):
    """A failure the user can act on. ``str(error)`` is one clear line: what was seen, what was wanted, the remedy."""


class ConnectionLost(CitebotError):
    """A server went away; what was asked of it can be asked again."""
