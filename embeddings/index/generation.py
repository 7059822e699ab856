"""A generation: the segments that one commit of the catalogue names, searched as one corpus.

Opening maps the segments that are not open yet. A file that is missing or damaged, be that found as it is opened or as
a block of it is first read, is derived again from the catalogue.
"""

import logging
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.documents.filters import Filters
from embeddings.index.merging import Size, ids_inside, plan_merges, range_of_merged, split_range
from embeddings.index.segments import (
    PATTERNS,
    FileFacts,
    Segment,
    SegmentFacts,
    derive,
    map_segment_file,
    open_segment,
    pack_gone,
    read_segments,
    segment_in_memory,
    write_durably,
    write_segment,
)
from embeddings.search.corpus import Corpus, Part
from embeddings.search.mapped import Damaged, root_of, sum_blocks, whole_size
from embeddings.search.postings import open_postings, open_words

log = logging.getLogger("citebot")

OPENING_THREADS = 2


@dataclass(frozen=True, slots=True)
class Generation:
    """What search works on. A row is numbered as in the corpus; rows that no longer count keep their numbers."""

    number: int
    segments: tuple[Segment, ...]
    corpus: Corpus

    @property
    def rows(self) -> int:
        """How many chunks there are."""
        return self.corpus.n_rows

    def chunk_id(self, row: int) -> int:
        """Return the catalogue's id of the chunk at a row."""
        place = bisect_right(self.corpus.bases, row) - 1
        return int(self.segments[place].words.chunk_ids[row - int(self.corpus.bases[place])])

    def allowed(self, filters: Filters) -> np.ndarray:
        """Return the boolean mask over all rows of those whose document passes the filters."""
        masks = [one.words.documents.rows(filters) for one in self.segments]
        return np.concatenate([*masks, np.zeros(0, bool)])


class Superseded(Exception):
    """A newer generation was committed while this one was being opened, and its files are gone: open that one."""


def open_generation(
    folder: Path,
    connection: sqlite3.Connection,
    facts: dict[str, str],
    is_newest: Callable[[], bool],
    before: Sequence[Segment] = (),
) -> Generation:
    """Open the generation the catalogue names; segments of the same files that are open already are used as they are.

    Raises:
        Superseded: a file is missing because a newer generation replaced it (``is_newest()`` is false).
        CitebotError: the catalogue's own rows are damaged, so nothing can be derived from them.
    """
    # One that was derived again in memory may lack rows that were gone then.
    known = {(one.facts.dense, one.facts.words): one for one in before if len(one.words.chunk_ids) == one.facts.rows}
    listed = read_segments(connection)
    new = [one for one in listed if (one.dense, one.words) not in known]
    with ThreadPoolExecutor(OPENING_THREADS) as pool:
        # What is read at once is hashed, which takes longest and holds no lock.
        opened = dict(zip((one.id for one in new), pool.map(partial(_try_to_open, folder), new), strict=True))
    segments = []
    for one in listed:
        found = opened.get(one.id)
        if found is None:
            before_it = known[one.dense, one.words]
            found = replace(before_it, facts=one, part=replace(before_it.part, live=one.live()))
        elif isinstance(found, Damaged):
            if not is_newest():
                raise Superseded from found
            found = heal(folder, connection, one, found, int(facts["dimension"]))
        segments.append(found)
    return generation_of(int(facts["generation"]), segments)


def _try_to_open(folder: Path, facts: SegmentFacts) -> Segment | Damaged:
    try:
        return open_segment(folder, facts)
    except Damaged as error:
        return error


def generation_of(number: int, segments: Sequence[Segment]) -> Generation:
    """Put segments together."""
    return Generation(number, tuple(segments), Corpus([one.part for one in segments]))


def heal(folder: Path, connection: sqlite3.Connection, facts: SegmentFacts, error: Damaged, dimension: int) -> Segment:
    """Derive a segment again, and replace a broken file with it if its hashes are those of the catalogue."""
    rows, files = derive(connection, facts.first, facts.last, dimension)
    outcome = "used from memory; `citebot index --verify` writes it anew"
    segment = None
    if rows == facts.rows and all(_replace(folder, facts, kind, files) for kind in ("dense", "words")):
        try:
            segment, outcome = open_segment(folder, facts), "and written again"
        except Damaged as still:
            log.info("%s after it was written again", still)
    log.warning("index file %s was %s: rebuilt from the catalogue, %s", error.path, error.state, outcome)
    return segment or segment_in_memory(facts, files)


def _replace(folder: Path, facts: SegmentFacts, kind: str, files: dict[str, tuple]) -> bool:
    """See that a file is as the catalogue knows it, writing what was derived where it is not."""
    file, (data, _) = getattr(facts, kind), files[kind]
    if find_fault(folder, file, whole=True) is None:
        return True
    sums = sum_blocks(data)
    if root_of(sums) != file.root:
        return False
    try:
        write_durably(folder / file.name, data, sums)
    except OSError as error:
        log.info("%s cannot be written: %s", folder / file.name, error)
        return False
    return True


def find_fault(folder: Path, file: FileFacts, *, whole: bool) -> str | None:
    """Return "missing" or "damaged" for a file that is not what was written; ``whole`` reads all of it."""
    if not whole:
        try:
            size = (folder / file.name).stat().st_size
        except OSError:
            return "missing"
        return None if size == whole_size(file.size) else "damaged"
    try:
        map_segment_file(folder, file).check(0, file.size)
    except Damaged as error:
        return error.state
    return None


def find_broken(folder: Path, segments: Sequence[SegmentFacts], *, whole: bool) -> dict[str, str]:
    """Return the files that are "missing" or "damaged"; ``whole`` reads all of each, else its size is looked at."""
    faults = {file.name: find_fault(folder, file, whole=whole) for one in segments for file in (one.dense, one.words)}
    return {name: fault for name, fault in faults.items() if fault}


def find_unheld(folder: Path, segments: Sequence[SegmentFacts], terms: Iterable[int]) -> list[int]:
    """Return those of some terms, by their ids, that no passage of the segments holds.

    Raises:
        Damaged: a file cannot be read.
    """
    postings = [open_postings(map_segment_file(folder, one.words)) for one in segments]
    parts = zip(postings, segments, strict=True)
    corpus = Corpus([Part(None, own, None, facts.live()) for own, facts in parts])
    return [term for term in terms if not corpus.document_frequency(term)]


def next_segments(
    connection: sqlite3.Connection,
    folder: Path,
    removed: np.ndarray,
    fresh: tuple[int, int],
    last_id: int,
    dimension: int,
    *,
    broken: Collection[str],
) -> list[SegmentFacts]:
    """Return the segments of the generation that the caller's transaction makes, writing the new ones.

    ``removed`` are the chunk ids that went, ascending; ``fresh`` the first and the last of those that came, if any;
    ``last_id`` the highest number a segment ever had; ``broken`` names files to be rewritten.

    Raises:
        Damaged: a segment that was to be kept cannot be read.
        CitebotError, OSError: as ``write_segment``.
    """
    kept = []
    for one in read_segments(connection):
        bad = one.dense.name in broken or one.words.name in broken
        went = ids_inside(removed, one.first, one.last)
        if len(went) < one.count_live():
            kept.append((one if bad or not len(went) else _without(folder, one, went), bad))
    count = "SELECT count(*) FROM chunks WHERE id BETWEEN ? AND ?"
    (came,) = connection.execute(count, fresh).fetchone()
    alone, start = plan_merges([Size(one.count_live(), one.rows) for one, _ in kept], came)
    ranges, segments = [], []
    for place, (one, bad) in enumerate(kept[:start]):
        if bad or place in alone:
            ranges.append((one.first, one.last))
        else:
            segments.append(one)
    ranges += range_of_merged([(one.first, one.last) for one, _ in kept[start:]], came, fresh)
    for first, last in (part for whole in ranges for part in _split(connection, *whole)):
        last_id += 1
        segments.append(write_segment(connection, folder, last_id, first, last, dimension))
    return sorted(segments, key=lambda one: one.first)


def _without(folder: Path, facts: SegmentFacts, removed: np.ndarray) -> SegmentFacts:
    """Mark the rows of removed chunks as gone."""
    live = facts.live()
    live = np.ones(facts.rows, bool) if live is None else live
    live[np.searchsorted(open_words(map_segment_file(folder, facts.words)).chunk_ids, removed)] = False
    return replace(facts, gone=pack_gone(live))


def _split(connection: sqlite3.Connection, first: int, last: int) -> list[tuple[int, int]]:
    rows = connection.execute("SELECT id FROM chunks WHERE id BETWEEN ? AND ? ORDER BY id", (first, last))
    return split_range(identifier for (identifier,) in rows)


def remove_others(folder: Path, segments: Sequence[SegmentFacts]) -> None:
    """Delete the files of segments that are not named, and temporary files a killed build left.

    A reader that has an old segment open holds its files; one that is just opening it finds them gone and opens the
    newer generation instead.
    """
    keep = {file.name for one in segments for file in (one.dense, one.words)}
    for pattern in PATTERNS:
        for path in folder.glob(pattern):
            if path.name not in keep:
                path.unlink(missing_ok=True)
