"""What a client keeps of an index in memory: of one generation its segments and its terms, of segments their lists.

A segment's lists never change, so they outlive generations.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from embeddings.postgres.segments import SOURCES, Segment, read_segments

MAX_LISTS_BYTES = 64 << 20
"""Bytes of lists that are kept: all that questions need of some hundred thousand passages, common words' of more."""
ENTRY_BYTES = 200
"""What a list takes besides its own bytes; that there is none is kept, too."""
MAX_TERMS = 200_000
"""Terms that are kept."""

Run = Callable[..., list[tuple]]
"""Runs a statement with its parameters and returns the rows."""
Term = tuple[int, int]
"""A term's id, and how many passages hold it."""


class Lists:
    """Lists of postings by segment and key, as bytes; those that were not asked for longest go first. Thread-safe."""

    def __init__(self, most: int = MAX_LISTS_BYTES):
        self._most = most
        self._size = 0
        self._kept: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, run: Run, segments: Sequence[int], keys: Sequence[int]) -> dict[tuple[int, int], bytes]:
        """Return the lists that segments have of keys; ``run`` fetches what is not kept."""
        wanted = [(segment, key) for segment in segments for key in keys]
        with self._lock:
            found = {one: self._kept[one] for one in wanted if one in self._kept}
            for one in found:
                self._kept.move_to_end(one)
        lacking = [one for one in wanted if one not in found]
        if lacking:
            fetched = dict.fromkeys(lacking, b"")
            fetched |= _fetch(run, {segment for segment, _ in lacking}, {key for _, key in lacking})
            self._keep(fetched)
            found |= fetched
        return {one: entries for one, entries in found.items() if entries}

    def _keep(self, lists: dict[tuple[int, int], bytes]) -> None:
        with self._lock:
            for one, entries in lists.items():
                if one not in self._kept:
                    self._size += len(entries) + ENTRY_BYTES
                    self._kept[one] = entries
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1]) + ENTRY_BYTES


def _fetch(run: Run, segments: Iterable[int], keys: Iterable[int]) -> dict[tuple[int, int], bytes]:
    rows = run(
        "SELECT segment, key, entries FROM postings WHERE segment = ANY(%s::int[]) AND key = ANY(%s::bigint[])",
        (array(segments), array(keys)),
        binary=True,
    )
    return {(segment, key): entries for segment, key, entries in rows}


class GenerationMemory:
    """What is kept of one generation; what is not is read by ``run``, which has to see this generation."""

    def __init__(self, facts: dict[str, str], lists: Lists):
        self.facts = facts
        self.lists = lists
        self._segments: dict[str, list[Segment]] = {}
        self._terms: dict[str, Term | None] = {}

    def segments(self, run: Run, kind: str) -> list[Segment]:
        """Return the segments of a kind in the order of their ids."""
        if not self._segments:
            self._segments = {one: read_segments(run, one) for one in SOURCES}
        return self._segments[kind]

    def terms(self, run: Run, terms: Iterable[str]) -> dict[str, Term]:
        """Return those of some terms that passages hold."""
        wanted = set(terms)
        known = self._terms
        lacking = wanted - known.keys()
        if lacking:
            if len(known) + len(lacking) > MAX_TERMS:
                self._terms = known = {}
                lacking = wanted
            rows = run("SELECT term, id, df FROM terms WHERE term = ANY(%s) AND df > 0", (list(lacking),), binary=True)
            known |= dict.fromkeys(lacking) | {term: (identifier, df) for term, identifier, df in rows}
        return {term: found for term in wanted if (found := known[term]) is not None}


class Memory:
    """Hands out what is kept of a generation: of one that is not newer, as after a restored backup, nothing."""

    def __init__(self) -> None:
        self._newest = GenerationMemory({}, Lists())

    def of(self, facts: dict[str, str]) -> GenerationMemory:
        """Return what is kept of the generation of these facts."""
        newest = self._newest
        if newest.facts != facts:
            same = newest.facts.get("index_id") == facts["index_id"]
            follows = same and int(newest.facts["generation"]) < int(facts["generation"])
            self._newest = newest = GenerationMemory(facts, newest.lists if follows else Lists())
        return newest


def array(numbers: Iterable[int]) -> str:
    """Write an array as PostgreSQL reads it: for hundreds of numbers the driver takes longer.

    >>> array([3, 5])
    '{3,5}'
    """
    return "{" + ",".join(map(str, numbers)) + "}"
