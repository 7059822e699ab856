"""The ``.env`` file: NAME=value lines in the working directory, as python-dotenv reads them."""

import logging
from pathlib import Path

from embeddings.errors import CitebotError

log = logging.getLogger("citebot")


def read_env_file(path: Path) -> dict[str, str]:
    """Return the names and values of a ``.env`` file, {} where there is none. Nothing in a value is replaced.

    Lines that are not NAME=value are left out, with a warning.

    Raises:
        CitebotError: it cannot be read, or is not UTF-8.
    """
    # A stat is all that a start without the file costs: python-dotenv is imported only where there is one.
    # A folder of that name is somebody's virtual environment.
    if not path.is_file():
        return {}
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise CitebotError(f"the settings file {path} cannot be read ({why}): correct it or move it away") from error
    for binding in bindings:
        if binding.error:
            log.warning("%s, line %d is not NAME=value: it is left out", path, binding.original.line)
    return {binding.key: binding.value or "" for binding in bindings if binding.key}
