"""Where citebot keeps what it can make again: exported models, and what it knows of their sources."""

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from embeddings.errors import CitebotError

log = logging.getLogger("citebot")


def user_cache(chosen: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The folder chosen, else ``CITEBOT_CACHE``, else ``$XDG_CACHE_HOME/citebot``, else ``~/.cache/citebot``."""
    environ = os.environ if environ is None else environ
    if chosen is not None:
        return chosen
    if named := environ.get("CITEBOT_CACHE"):
        return Path(named).expanduser()
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "citebot"
    return Path.home() / ".cache" / "citebot"


def spare_cache() -> Path:
    """The folder used where the user's cache cannot be written: in the system's temporary folder, one a user."""
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"citebot-{user}"


def readable_caches(chosen: Path | None = None) -> list[Path]:
    """The caches that may hold something, best first. The spare one counts only where nobody else can plant files."""
    return [user_cache(chosen), *([spare_cache()] if _is_ours(spare_cache()) else [])]


def writable_cache(chosen: Path | None = None) -> Path:
    """The first cache folder that can be written, made where it is missing; a warning says when it is the spare one.

    Raises:
        CitebotError: not even the temporary folder can be written.
    """
    import tempfile

    wanted = user_cache(chosen)
    try:
        return _proved_writable(wanted)
    except OSError as error:
        try:
            spare = spare_cache()
            spare.mkdir(mode=0o700, exist_ok=True)
            if not _is_ours(spare):
                spare = Path(tempfile.mkdtemp(prefix="citebot-"))
            _proved_writable(spare)
        except OSError as second:
            raise CitebotError(
                f"no folder for exported models can be written, neither {wanted} ({_why(error)}) nor a spare one in"
                f" the temporary folder ({_why(second)}): set CITEBOT_CACHE to a folder that can be written"
            ) from second
        why = _why(error)
        log.warning("the cache folder %s cannot be written (%s): using %s; set CITEBOT_CACHE", wanted, why, spare)
        return spare


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _proved_writable(folder: Path) -> Path:
    import tempfile

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def _is_ours(folder: Path) -> bool:
    """Whether the folder is a real one that only this user can write: /tmp is open to everybody."""
    try:
        facts = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(facts.st_mode):
        return False
    return not hasattr(os, "getuid") or (facts.st_uid == os.getuid() and not facts.st_mode & 0o022)
