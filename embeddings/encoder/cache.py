"""Where citebot keeps what it can make again: exported models, and what it knows of their sources."""

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger("citebot")


def user_cache(environ: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder: ``CITEBOT_CACHE``, else ``$XDG_CACHE_HOME/citebot``, else ``~/.cache/citebot``."""
    environ = os.environ if environ is None else environ
    if chosen := environ.get("CITEBOT_CACHE"):
        return Path(chosen).expanduser()
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "citebot"
    return Path.home() / ".cache" / "citebot"


def spare_cache() -> Path:
    """The folder used where the user's cache cannot be written: in the system's temporary folder, one a user."""
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"citebot-{user}"


def readable_caches() -> list[Path]:
    """The caches that may hold something, best first. The spare one counts only where nobody else can plant files."""
    return [user_cache(), *([spare_cache()] if _is_ours(spare_cache()) else [])]


def writable_cache() -> Path:
    """The first cache folder that can be written, made where it is missing; a warning says when it is the spare one.

    Raises:
        OSError: not even the temporary folder can be written.
    """
    import tempfile

    wanted = user_cache()
    try:
        return _proved_writable(wanted)
    except OSError as error:
        spare = spare_cache()
        spare.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(spare):
            spare = Path(tempfile.mkdtemp(prefix="citebot-"))
        log.warning("the cache folder %s cannot be written (%s): using %s; set CITEBOT_CACHE", wanted, error, spare)
        return _proved_writable(spare)


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
