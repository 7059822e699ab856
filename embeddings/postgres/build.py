"""Bring an index in PostgreSQL up to date with the docs folder: staged first, then one transaction publishes it all.

A build that is cut off at any step, or whose server is killed, leaves the generation before.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
from psycopg import Connection

from embeddings.documents import folder as corpus
from embeddings.encoder.encoder import Encoder, load_encoder
from embeddings.errors import CitebotError
from embeddings.index.build import (
    BuildReport,
    Progress,
    builder_identity,
    collector_paused,
    report_of,
    warn_of_other_encoder,
)
from embeddings.index.lock import LOCK_WAIT_S
from embeddings.index.merging import MAX_ROWS
from embeddings.index.plan import STAMPS, Compared, Plan, compare, make_plan, recorded, skipped_rows
from embeddings.postgres import schema
from embeddings.postgres.address import Database
from embeddings.postgres.connection import connect, telling
from embeddings.postgres.segments import SPELLINGS, WORDS, update_segments
from embeddings.postgres.staging import Staging
from embeddings.search.bm25 import build_postings

log = logging.getLogger("citebot")

LOCK = 0x63697465626F74
"""Key of the advisory lock that one builder of a database holds: "citebot" in ASCII."""
LOCK_STEP_S = 0.2
EXACT_ROWS = 25_000
"""Passages up to which meaning is searched exactly, some 5 ms; above, the build makes an HNSW index."""
HNSW = "m = 16, ef_construction = 64"
"""pgvector's own: on vectors of real text 24 and 100 find hardly more, and take twice as long to build."""
SWEPT_ROWS = 1_000
"""Chunks that came or went from which the tables are vacuumed and analysed at once."""
BATCH_DOCUMENTS = 5_000
"""Documents deleted by one statement, whose words are in memory together."""


def build_index(
    docs: Path,
    database: Database,
    *,
    encoder: Encoder | None = None,
    encoder_name: str | None = None,
    cache: Path | None = None,
    rebuild: bool = False,
    move: bool = False,
    verify: bool = False,
    exclude: Sequence[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    lock_wait_s: float = LOCK_WAIT_S,
) -> BuildReport:
    """Bring the index in a database up to date with the files below ``docs``; arguments are the embedded index's.

    Raises:
        CitebotError: the docs folder is missing, the database cannot be used, or another builder holds it too long.
    """
    started = time.perf_counter()
    corpus.check_folder(docs)
    loaded = encoder or load_encoder(encoder_name, cache)
    with telling(database), connect(database) as connection, _lock(connection, database, lock_wait_s):
        schema.create_tables(connection, database)
        facts = _facts_of(connection, database, rebuild)
        own = str(docs.resolve())
        if not (rebuild or move) and facts.get("docs", own) != own:
            raise CitebotError(
                f"the index in {database} is that of {facts['docs']}, not of {own}: name another database,"
                " or say --move (what is the same is not encoded again) or --rebuild"
            )
        excluded = json.loads(facts.get("exclude", "[]")) if exclude is None else list(exclude)
        scanned_ns = time.time_ns()
        with collector_paused():
            # In a pipeline the server reads the stamps while the folder is listed.
            with connection.pipeline():
                asked = None if rebuild or verify else connection.execute(STAMPS, binary=True)
                scan = corpus.scan(docs, excluded)
                stamped = asked and asked.fetchall()
            compared = compare(connection, docs, scan, stamped, verify=rebuild or verify, placeholder="%s")
        build = _Build(connection, docs, loaded, rebuild, on_progress or (lambda progress: None), excluded, scanned_ns)
        report = build.run(scan, compared, facts)
    return replace(report, seconds=time.perf_counter() - started)


@contextmanager
def _lock(connection: Connection, database: Database, wait_s: float) -> Iterator[None]:
    """Hold the database's build lock, which the server lets go of when its holder's connection ends."""
    deadline, told = time.monotonic() + wait_s, False
    while not connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()[0]:
        if time.monotonic() > deadline:
            raise CitebotError(
                f"another build has held {database} for over {wait_s:g} s: wait for it to end, or stop it,"
                " and run this again"
            )
        if not told:
            log.warning("another build holds %s: waiting for it, up to %g s", database, wait_s)
            told = True
        time.sleep(LOCK_STEP_S)
    yield
    connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _facts_of(connection: Connection, database: Database, rebuild: bool) -> dict[str, str]:
    """Return the facts of the generation before, {} where there is none; older tables go where all is made anew."""
    facts = dict(connection.execute("SELECT key, value FROM facts").fetchall())
    try:
        schema.check_version(facts, database)
    except CitebotError as error:
        if not rebuild:
            raise
        log.warning("%s: starting over", error)
        schema.drop_tables(connection)
        schema.create_tables(connection, database)
        return {}
    return facts


@dataclass
class _Build:
    connection: Connection
    docs: Path
    encoder: Encoder
    rebuild: bool
    on_progress: Callable[[Progress], None]
    exclude: list[str]
    scanned_ns: int

    def run(self, scan: corpus.Scan, compared: Compared, facts: dict[str, str]) -> BuildReport:
        builder = builder_identity(schema.VERSION, self.encoder)
        warn_of_other_encoder(facts, self.encoder)
        everything = self.rebuild or facts.get("builder") != builder
        if everything and compared.same:
            compared = compare(self.connection, self.docs, scan, None)
        plan = make_plan(self.connection, compared, everything=everything)
        staging = Staging(self.connection, self.encoder, self.docs, builder, reuse=not self.rebuild)
        total = len(plan.to_read)
        staging.stage(plan, lambda done, chunks: self.on_progress(Progress(done, total, chunks)))
        skipped = {one.id: one.reason for one in scan.skipped} | dict(plan.unreadable) | staging.skipped
        before = dict(self.connection.execute("SELECT path, reason FROM skipped").fetchall())
        same = (facts.get("docs"), facts.get("exclude")) == (str(self.docs.resolve()), json.dumps(self.exclude))
        committed = not facts or not same or bool(plan.to_read or plan.gone) or skipped != before
        if committed:
            with self.connection.transaction():
                facts, moved = self._publish(plan, skipped, builder, facts)
            if moved >= SWEPT_ROWS:
                for table in ("postings", "chunks", "vectors", "documents", "terms", "staged", "staged_chunks"):
                    self.connection.execute(f"VACUUM (ANALYZE) {table}")
        elif plan.touched:
            with self.connection.transaction():
                self._stamp(plan, plan.touched)
        return report_of(plan, facts, skipped, staging.encoded, committed=committed)

    def _publish(
        self, plan: Plan, skipped: dict[str, str], builder: str, facts: dict[str, str]
    ) -> tuple[dict[str, str], int]:
        """Make what was staged visible; return the new facts, and how many chunks came and went."""
        last = {name: int(facts.get(f"last_{name}", 0)) for name in ("chunk", "term")}
        if facts.get("dimension", str(self.encoder.dimension)) != str(self.encoder.dimension):
            self.connection.execute("DROP INDEX IF EXISTS vectors_by_product")
        went = self._remove([*plan.gone, *plan.to_read])
        came = self._add(last["chunk"])
        self._sweep_vectors(went)
        last["chunk"] += came.chunks
        self._index_words(went, came, last)
        counts = {
            name: int(facts.get(name, 0)) - getattr(went, name) + getattr(came, name)
            for name in ("documents", "chunks", "terms")
        }
        new = {
            "format": schema.VERSION,
            "index_id": facts.get("index_id") or uuid4().hex,
            "builder": builder,
            **{name: str(count) for name, count in counts.items()},
            **{f"last_{name}": str(number) for name, number in last.items()},
            "generation": str(int(facts.get("generation", 0)) + 1),
            "encoder": self.encoder.name,
            "encoder_identity": self.encoder.identity,
            "dimension": str(self.encoder.dimension),
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "docs": str(self.docs.resolve()),
            "exclude": json.dumps(self.exclude),
        }
        with self.connection.pipeline():
            self._stamp(plan, [*plan.touched, *plan.to_read])
            self._record_skipped(plan, skipped)
            self._index_vectors(counts["chunks"])
            schema.write_facts(self.connection, new)
        return new, went.chunks + came.chunks

    def _remove(self, paths: Sequence[str]) -> "_Moved":
        """Delete documents with their chunks."""
        moved = _Moved()
        for start in range(0, len(paths), BATCH_DOCUMENTS):
            some = paths[start : start + BATCH_DOCUMENTS]
            with self.connection.pipeline():
                found = self.connection.execute(
                    "SELECT c.id, c.bag, c.content FROM chunks c JOIN documents d ON d.id = c.document"
                    " WHERE d.path = ANY(%s)",
                    (some,),
                    binary=True,
                )
                deleted = self.connection.execute("DELETE FROM documents WHERE path = ANY(%s)", (some,))
            rows = found.fetchall()
            moved.add([row[:2] for row in rows])
            if moved.chunks < SWEPT_ROWS:
                moved.contents += [content for *_, content in rows]
            moved.documents += deleted.rowcount
        return moved

    def _add(self, last: int) -> "_Moved":
        """Make documents and chunks of what is staged; chunks get the ids behind ``last``."""
        run = self.connection.execute
        with self.connection.pipeline():
            documents = run(
                "INSERT INTO documents(path, title, date, url, characters, sha256, structure, text_sha256, text, size,"
                " mtime_ns, ctime_ns, inode, first_chunk, chunks)"
                " SELECT path, title, date, url, characters, sha256, structure, text_sha256, text, 0, 0, 0, 0,"
                " %s + 1 + sum(n) OVER (ORDER BY path) - n, n"
                " FROM staged CROSS JOIN LATERAL (SELECT count(*) AS n FROM staged_chunks c WHERE c.path = staged.path)"
                " ORDER BY path",
                (last,),
            )
            chunks = run(
                'INSERT INTO chunks(id, document, start, "end", byte_start, byte_end, content, bag)'
                ' SELECT d.first_chunk + s.number, d.id, s.start, s."end", s.byte_start, s.byte_end, s.content, s.bag'
                " FROM staged_chunks s JOIN documents d USING (path)"
            )
            run(
                "INSERT INTO vectors SELECT DISTINCT ON (content) content, embedding FROM staged_chunks"
                " WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.content = staged_chunks.content)"
            )
            run("DELETE FROM staged")
        moved = _Moved()
        moved.documents = documents.rowcount
        came = chunks.rowcount
        for start in range(last + 1, last + came + 1, MAX_ROWS):
            span = (start, start + MAX_ROWS - 1)
            moved.add(run("SELECT id, bag FROM chunks WHERE id BETWEEN %s AND %s", span, binary=True).fetchall())
        return moved

    def _sweep_vectors(self, went: "_Moved") -> None:
        """Delete the vectors that no chunk has any more."""
        unused = "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.content = vectors.content)"
        if went.chunks >= SWEPT_ROWS:
            self.connection.execute(unused)
        else:
            self.connection.execute(f"{unused} AND content = ANY(%s)", (went.contents,))

    def _index_words(self, went: "_Moved", came: "_Moved", last: dict[str, int]) -> None:
        """Bring words and their spellings up to date; ``last`` becomes that of the new generation."""
        run = self.connection.execute
        moved = Counter(came.held)
        moved.subtract(went.held)
        moved = {term: n for term, n in moved.items() if n}
        with self.connection.pipeline():
            run(
                "UPDATE terms SET df = df + n FROM unnest(%s::int[], %s::int[]) AS moved(held, n) WHERE id = held",
                (list(moved), list(moved.values())),
            )
            # The words of a deleted article must not stay behind.
            gone = run(
                "DELETE FROM terms WHERE df = 0 AND (id = ANY(%s) OR id > %s) RETURNING id",
                (list(moved), last["term"]),
            )
            highest = run("SELECT coalesce(max(id), 0) FROM terms")
        words = np.array(sorted(term for (term,) in gone), np.int64)
        fresh = (last["term"] + 1, max(*highest.fetchone(), last["term"]))
        update_segments(self.connection, WORDS, np.sort(went.ids()), (last["chunk"] - came.chunks + 1, last["chunk"]))
        update_segments(self.connection, SPELLINGS, words, fresh)
        last["term"] = fresh[1]

    def _stamp(self, plan: Plan, paths: Sequence[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE documents SET size = %s, mtime_ns = %s, ctime_ns = %s, inode = %s WHERE path = %s",
                [(*recorded(plan.files[path], self.scanned_ns), path) for path in paths],
            )

    def _record_skipped(self, plan: Plan, skipped: dict[str, str]) -> None:
        self.connection.execute("DELETE FROM skipped")
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO skipped VALUES(%s,%s,%s,%s,%s,%s,%s)", skipped_rows(plan, skipped, self.scanned_ns)
            )

    def _index_vectors(self, rows: int) -> None:
        """Make the HNSW index where an exact search would take too long."""
        if rows > EXACT_ROWS:
            self.connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
            self.connection.execute(
                "CREATE INDEX IF NOT EXISTS vectors_by_product ON vectors"
                f" USING hnsw ((embedding::halfvec({self.encoder.dimension})) halfvec_ip_ops) WITH ({HNSW})"
            )


class _Moved:
    """Documents and chunks that came or went, with the words they hold."""

    def __init__(self):
        self.documents = self.chunks = self.terms = 0
        self.held: Counter[int] = Counter()
        """In how many of the chunks each term is, by its id."""
        self.contents: list[bytes] = []
        """What the chunks that went hold, where these are fewer than ``SWEPT_ROWS``."""
        self._ids: list[np.ndarray] = []

    def add(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Count chunks; a row is a chunk's id and its bag."""
        inverted = build_postings([np.frombuffer(bag, "<u4") for _, bag in rows])
        self.held.update(dict(zip(inverted.terms.tolist(), np.diff(inverted.indptr).tolist(), strict=True)))
        self.terms += int(inverted.lengths.sum())
        self.chunks += len(rows)
        self._ids.append(np.array([identifier for identifier, _ in rows], np.int64))

    def ids(self) -> np.ndarray:
        """Return the chunks' ids."""
        return np.concatenate([np.zeros(0, np.int64), *self._ids])
