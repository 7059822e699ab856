"""What people leave out of their folders: ``.gitignore`` files and globs, by the rules of git (pathspec reads them)."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.errors import CitebotError

FILE_NAME = ".gitignore"
MAX_BYTES = 1 << 20


class Ignored:
    """Rules collected while a folder is walked from its root; a deeper file's rules win over those above it."""

    def __init__(self, exclude: Sequence[str] = ()) -> None:
        self._rules: list[tuple[str, object]] = []
        self._excluded = _spec(exclude, "--exclude") if exclude else None

    def __bool__(self) -> bool:
        return bool(self._rules or self._excluded)

    def read(self, folder: Path, prefix: str) -> None:
        """Heed the ``.gitignore`` of a folder, whose id ends with ``/`` or is "" for the root."""
        try:
            with (folder / FILE_NAME).open("rb") as file:
                lines = file.read(MAX_BYTES).decode("utf-8", "replace").splitlines()
        except OSError:
            return
        self._rules.append((prefix, _spec(lines, str(folder / FILE_NAME))))

    def leaves_out(self, identifier: str) -> bool:
        """Tell whether an id is left out; a folder's ends with ``/``."""
        if self._excluded and self._excluded.match_file(identifier):
            return True
        for prefix, spec in reversed(self._rules):
            if identifier.startswith(prefix):
                verdict = spec.check_file(identifier[len(prefix) :]).include
                if verdict is not None:
                    return verdict
        return False


def _spec(lines: Sequence[str], source: str):
    # Imported only where there are rules: most folders have none, and asking need not wait for it.
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise CitebotError(f"{source} has a pattern that git would not read ({error}): correct it") from error
