"""The embedded index as an engine holds it: the newest generation of a folder, swapped as builds commit."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from embeddings.errors import CitebotError
from embeddings.index.passage_search import holds_term, search_passages, weigh
from embeddings.index.snapshot import Snapshot, newest_facts, open_snapshot

log = logging.getLogger("citebot")


class EmbeddedIndex:
    """A folder's index; a ``PassageIndex``. Safe to use from several threads.

    Raises:
        CitebotError: no index yet, one of another format, or a damaged one.
    """

    serves_documents = False
    search = staticmethod(search_passages)
    weigh = staticmethod(weigh)
    holds_term = staticmethod(holds_term)

    def __init__(self, folder: Path):
        self.folder = folder
        self.snapshot = open_snapshot(folder)
        self._swap = threading.Lock()
        self.trouble: str | None = None
        """Why the newest generation cannot be used; None where it can."""
        self._unusable: dict[str, str] | str | None = None
        """The facts of the newest generation, or the error met instead of one, that was found unusable."""

    def view(self) -> AbstractContextManager[Snapshot]:
        """Return the generation that answers now. It closes when the last question that uses it ends."""
        return nullcontext(self.snapshot)

    def refresh(self, check: Callable[[Snapshot], None]) -> bool:
        """Swap to a newer generation where there is one that ``check`` does not refuse; tell whether there was.

        A newer generation that cannot be used is logged, and the present one stays in use.
        """
        with self._swap:
            newest = {}
            try:
                newest = newest_facts(self.folder)
                if newest in ({}, self.snapshot.facts, self._unusable):
                    self.snapshot.fold_log()
                    return False
                snapshot = open_snapshot(self.folder, self.snapshot)
                check(snapshot)
            except CitebotError as error:
                # Said once: it will be no better at the next look, unless another build comes.
                if self._unusable != (newest or str(error)):
                    log.warning("the newer index cannot be used, the present one stays in use: %s", error)
                self._unusable, self.trouble = newest or str(error), str(error)
                return False
            self._unusable = self.trouble = None
            self.snapshot = snapshot
            return True

    def size_bytes(self) -> int:
        """Return what the index takes of the disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())

    def close(self) -> None:
        """Let go of the index."""
        self.snapshot.close()
