"""Bring the index up to date with the docs folder: what changed is staged, then one transaction makes it visible.

The order is what makes a kill harmless at any step: staged rows are invisible; the derived files have names no reader
knows yet; the commit names them; only then do the old ones go.
"""

import gc
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import numpy as np

from embeddings.documents import folder as corpus
from embeddings.encoder.encoder import Encoder, load_encoder
from embeddings.errors import CitebotError
from embeddings.index import catalogue, generation
from embeddings.index.bags import unpack_bag
from embeddings.index.catalogue import FORMAT_VERSION, seal
from embeddings.index.lock import LOCK_WAIT_S, build_lock
from embeddings.index.plan import STAMPS, Compared, Plan, compare, make_plan, recorded, skipped_rows
from embeddings.index.segments import SegmentFacts, read_segments, write_segments
from embeddings.index.staging import BAGS_VERSION, CHUNK, Staging
from embeddings.search.mapped import Damaged
from embeddings.text import chunking

log = logging.getLogger("citebot")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is. ``chunks`` counts those encoded so far."""

    documents_done: int
    documents_total: int
    chunks: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found and did. Paths are document ids."""

    documents: int
    chunks: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Pairs of old and new path."""
    deleted: tuple[str, ...]
    unchanged: int
    encoded: int
    """Chunks whose vector had to be computed."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Files left out, with the reason of each."""
    generation: int = 0
    committed: bool = False
    """Whether a new generation was made; False where nothing had changed."""
    seconds: float = 0.0


def build_index(
    docs: Path,
    index: Path,
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
    """Bring the index in ``index`` up to date with the files below ``docs``.

    A file whose size, times and inode are those recorded is not read, and unchanged chunks are not encoded again.
    ``verify`` reads every file and the whole index. ``rebuild`` does all again, and starts over where the catalogue is
    damaged. An index belongs to its docs folder; ``move`` gives it another.
    ``exclude`` holds globs of files to leave out, by the rules of ``.gitignore``; None: those of the build before.
    ``cache`` is the folder of exported encoders; None: the user's.

    Raises:
        CitebotError: the docs folder is missing, the index cannot be written, or another builder holds it too long.
    """
    started = time.perf_counter()
    corpus.check_folder(docs)  # before anything is written
    with (
        _naming_disk_errors(index),
        build_lock(index, lock_wait_s),
        _catalogue(index, rebuild, verify) as connection,
        ThreadPoolExecutor(1) as helper,
    ):
        # Loading the encoder and hashing the files each keep a core busy for a tenth of a second or more.
        loading = helper.submit(lambda: encoder or load_encoder(encoder_name, cache))
        if not rebuild and not move:
            _check_same_folder(catalogue.read_facts(connection).get("docs"), docs, index)
        if exclude is None:
            exclude = json.loads(catalogue.read_facts(connection).get("exclude", "[]"))
        scanned_ns = time.time_ns()
        with collector_paused():
            scan = corpus.scan(docs, exclude)
            stamped = None if rebuild or verify else connection.execute(STAMPS).fetchall()
            compared = compare(connection, docs, scan, stamped, verify=rebuild or verify)
        build = _Build(
            connection,
            index,
            docs,
            loading.result(),
            rebuild,
            verify,
            on_progress or (lambda progress: None),
            helper,
            json.dumps(list(exclude)),
            scanned_ns,
        )
        report = build.run(scan, compared)
    return replace(report, seconds=time.perf_counter() - started)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's garbage collector from looking through a million files' facts again and again: none is garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _check_same_folder(known: str | None, docs: Path, index: Path) -> None:
    """Refuse another docs folder than the index's own: all its documents would go without a word.

    Raises:
        CitebotError: it is another.
    """
    if known is not None and known != catalogue.docs_from(index, docs):
        own = (index / known).resolve()
        raise CitebotError(
            f"the index in {index} is that of {own}, not of {docs.resolve()}: name another index with --index,"
            " or say --move (what is the same is not encoded again) or --rebuild"
        )


@contextmanager
def _naming_disk_errors(index: Path) -> Iterator[None]:
    """Turn what a full, failing or read-only disk raises into one line; the transaction was rolled back by then."""
    advice = "the index is as it was before; see that the disk has room and can be written, then run it again"
    try:
        yield
    except OSError as error:
        raise CitebotError(f"writing the index in {index} failed ({error.strerror or error}): {advice}") from error
    except sqlite3.OperationalError as error:
        raise CitebotError(f"writing the index in {index} failed ({error}): {advice}") from error
    except sqlite3.DatabaseError as error:
        raise catalogue.damaged(index / catalogue.FILE_NAME, error) from error


@contextmanager
def _catalogue(index: Path, rebuild: bool, verify: bool) -> Iterator[sqlite3.Connection]:
    try:
        connection = _open_sound(index, whole=rebuild or verify)
    except CitebotError as error:
        if not rebuild:
            raise
        log.warning("%s: starting over", error)
        for suffix in ("", "-wal", "-shm"):
            (index / (catalogue.FILE_NAME + suffix)).unlink(missing_ok=True)
        connection = _open_sound(index, whole=False)
    try:
        yield connection
        # Fold the log into the file where no reader needs it; never wait for one, which may be a bot.
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _open_sound(index: Path, *, whole: bool) -> sqlite3.Connection:
    """Open the catalogue; ``whole`` reads all of it, which is as much work as copying it."""
    connection = catalogue.open_for_building(index)
    try:
        found = catalogue.read_facts(connection).get("format", FORMAT_VERSION)
        if found != FORMAT_VERSION:
            raise CitebotError(catalogue.other_format(index, found))
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if whole else "ok"
        if verdict != "ok":
            raise catalogue.damaged(index / catalogue.FILE_NAME, verdict)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            raise catalogue.damaged(index / catalogue.FILE_NAME, error) from error
        raise
    return connection


@dataclass
class _Build:
    connection: sqlite3.Connection
    index: Path
    docs: Path
    encoder: Encoder
    rebuild: bool
    verify: bool
    on_progress: Callable[[Progress], None]
    helper: Executor
    exclude: str
    """JSON list of the globs that leave files out."""
    scanned_ns: int
    """When the files were looked at, in nanoseconds after the epoch."""

    def run(self, scan: corpus.Scan, compared: Compared) -> BuildReport:
        facts = catalogue.read_facts(self.connection)
        warn_of_other_encoder(facts, self.encoder)
        builder = builder_identity(FORMAT_VERSION, self.encoder)
        everything = self.rebuild or facts.get("builder") != builder
        with collector_paused():
            if everything and compared.same:
                compared = compare(self.connection, self.docs, scan, None)
            plan = make_plan(self.connection, compared, everything=everything)
        if plan.to_read or plan.gone:
            # Writing the generation needs it, and it is slow to load: it loads while chunks are encoded.
            self.helper.submit(import_module, "faiss")
        staging = Staging(self.connection, self.encoder, self.docs, builder, reuse=not self.rebuild)
        total = len(plan.to_read)
        staging.stage(plan, lambda done, chunks: self.on_progress(Progress(done, total, chunks)))
        skipped = {one.id: one.reason for one in scan.skipped} | dict(plan.unreadable) | staging.skipped
        before = int(facts.get("generation", 0))
        segments = read_segments(self.connection)
        generation.remove_others(self.index, segments)  # what a killed build left
        broken = generation.find_broken(self.index, segments, whole=self.verify)
        if before and not broken and self._is_up_to_date(facts, plan, skipped):
            self._restamp(plan, skipped)
            return report_of(plan, catalogue.read_facts(self.connection), skipped, staging.encoded, committed=False)
        self._commit(plan, skipped, builder, facts, broken)
        return report_of(plan, catalogue.read_facts(self.connection), skipped, staging.encoded, committed=True)

    def _is_up_to_date(self, facts: dict[str, str], plan: Plan, skipped: dict[str, str]) -> bool:
        known = dict(self.connection.execute("SELECT path, reason FROM skipped"))
        if facts.get("exclude", "[]") != self.exclude or facts.get("docs") != catalogue.docs_from(
            self.index, self.docs
        ):
            return False
        return not (plan.to_read or plan.gone or skipped != known)

    def _restamp(self, plan: Plan, skipped: dict[str, str]) -> None:
        """Record the stamps of files that are what they were, byte for byte; that makes no generation."""
        rows = skipped_rows(plan, skipped, self.scanned_ns)
        if plan.touched or rows != self.connection.execute("SELECT * FROM skipped ORDER BY path").fetchall():
            with catalogue.transaction(self.connection):
                self._write_stamps(plan, rows)

    def _write_stamps(self, plan: Plan, skipped_rows: list[tuple]) -> None:
        for path in plan.touched:
            self.connection.execute(
                "UPDATE documents SET size=?, mtime_ns=?, ctime_ns=?, inode=? WHERE path=?",
                (*recorded(plan.files[path], self.scanned_ns), path),
            )
            (document,) = self.connection.execute("SELECT id FROM documents WHERE path=?", (path,)).fetchone()
            self._seal_document(document)
        self.connection.execute("DELETE FROM skipped")
        self.connection.executemany("INSERT INTO skipped VALUES(?,?,?,?,?,?,?)", skipped_rows)

    def _commit(
        self, plan: Plan, skipped: dict[str, str], builder: str, facts: dict[str, str], broken: dict[str, str]
    ) -> None:
        """Make what was staged visible; segments found damaged are rewritten with it."""
        try:
            with catalogue.transaction(self.connection):
                self._change(plan, skipped, builder, facts, broken)
        except Damaged as error:
            if error.path.name in broken:
                raise CitebotError(f"{error}, though it was just written: see that the disk is sound") from error
            log.warning("index file %s is %s: it is written anew", error.path, error.state)
            self._commit(plan, skipped, builder, facts, {**broken, error.path.name: error.state})
        finally:
            generation.remove_others(self.index, read_segments(self.connection))

    def _change(
        self, plan: Plan, skipped: dict[str, str], builder: str, facts: dict[str, str], broken: dict[str, str]
    ) -> None:
        """Do all that a commit does, inside its transaction."""
        run = self.connection.execute
        removed, contents = self._remove([*plan.gone, *plan.to_read])
        first = 1 + (run("SELECT max(seq) FROM sqlite_sequence WHERE name='chunks'").fetchone()[0] or 0)
        last = first - 1
        for path in plan.to_read:
            last = self._publish(plan, path, last)
        self._write_stamps(plan, skipped_rows(plan, skipped, self.scanned_ns))
        run("DELETE FROM staged")
        segments = generation.next_segments(
            self.connection,
            self.index,
            removed,
            (first, last),
            int(facts.get("last_segment", 0)),
            self.encoder.dimension,
            broken=broken,
        )
        write_segments(self.connection, segments)
        self._sweep(contents, segments)
        catalogue.write_facts(self.connection, self._facts(builder, facts, segments))

    def _remove(self, paths: Sequence[str]) -> tuple[np.ndarray, set[bytes]]:
        """Delete documents; return the ids of their chunks, ascending, and the contents these named."""
        run = self.connection.execute
        ids, contents = [], set()
        for path in paths:
            row = run("SELECT id FROM documents WHERE path=?", (path,)).fetchone()
            if row is not None:
                for identifier, content in run("SELECT id, content FROM chunks WHERE document=?", row):
                    ids.append(identifier)
                    contents.add(content)
                run("DELETE FROM chunks WHERE document=?", row)
                run("DELETE FROM texts WHERE id=?", row)
                run("DELETE FROM documents WHERE id=?", row)
        return np.sort(np.array(ids, np.int64)), contents

    def _sweep(self, contents: set[bytes], segments: list[SegmentFacts]) -> None:
        """Delete the contents that no chunk names any more, and the words that no passage holds: those of a deleted
        article must not stay behind. Only what went with ``contents`` is looked at, unless a build was interrupted.
        """
        run = self.connection.execute
        if self.rebuild or run("PRAGMA user_version").fetchone()[0]:
            run("DELETE FROM contents WHERE hash NOT IN (SELECT content FROM chunks)")
            self._forget_terms()
            run("PRAGMA user_version=0")
            return
        terms: set[int] = set()
        for content in contents:
            if not run("SELECT 1 FROM chunks WHERE content=? LIMIT 1", (content,)).fetchone():
                for (bag,) in run("SELECT terms FROM contents WHERE hash=?", (content,)):
                    terms.update(unpack_bag(bag).tolist())
                run("DELETE FROM contents WHERE hash=?", (content,))
        if terms:
            gone = generation.find_unheld(self.index, segments, terms)
            self.connection.executemany("DELETE FROM terms WHERE id=?", [(term,) for term in gone])

    def _publish(self, plan: Plan, path: str, last: int) -> int:
        """Make a staged document visible, nothing for one that could not be read; ``last`` is the id of the last chunk
        so far, and what is returned that of the document's last.
        """
        row = self.connection.execute(
            "SELECT document, title, date, url, characters, sha256, structure, text_sha256, chunks FROM staged"
            " WHERE path=?",
            (path,),
        ).fetchone()
        if row is None:
            return last
        document, title, date, url, characters, sha256, structure, text_sha256, chunks = row
        stamp = recorded(plan.files[path], self.scanned_ns)
        fields = (document, path, title, date, url, characters, sha256, *stamp, structure, text_sha256)
        self.connection.execute(
            f"INSERT INTO documents({catalogue.DOCUMENT_FIELDS}, seal) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*fields, seal(*fields)),
        )
        rows = [(last + n, document, *one) for n, one in enumerate(CHUNK.iter_unpack(chunks), start=1)]
        self.connection.executemany(
            'INSERT INTO chunks(id, document, start, "end", byte_start, byte_end, content, seal)'
            " VALUES(?,?,?,?,?,?,?,?)",
            [(*one, seal(*one)) for one in rows],
        )
        # At once, so that what comes next can take its pages.
        self.connection.execute("DELETE FROM staged WHERE path=?", (path,))
        return last + len(rows)

    def _forget_terms(self) -> None:
        """Delete the words that no passage holds any more, looking through all."""
        held: set[int] = set()
        for (bag,) in self.connection.execute("SELECT terms FROM contents"):
            held.update(unpack_bag(bag).tolist())
        gone = [(term,) for (term,) in self.connection.execute("SELECT id FROM terms") if term not in held]
        self.connection.executemany("DELETE FROM terms WHERE id=?", gone)

    def _seal_document(self, document: int) -> None:
        row = self.connection.execute(
            f"SELECT {catalogue.DOCUMENT_FIELDS} FROM documents WHERE id=?", (document,)
        ).fetchone()
        self.connection.execute("UPDATE documents SET seal=? WHERE id=?", (seal(*row), document))

    def _facts(self, builder: str, before: dict[str, str], segments: list[SegmentFacts]) -> dict[str, str]:
        """Return the facts of the generation that is being made."""
        return {
            "format": FORMAT_VERSION,
            "index_id": before.get("index_id") or uuid4().hex,
            "builder": builder,
            "documents": str(self._count("documents")),
            "chunks": str(sum(one.count_live() for one in segments)),
            "generation": str(int(before.get("generation", 0)) + 1),
            "last_segment": str(max([int(before.get("last_segment", 0)), *(one.id for one in segments)])),
            "encoder": self.encoder.name,
            "encoder_identity": self.encoder.identity,
            "dimension": str(self.encoder.dimension),
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "docs": catalogue.docs_from(self.index, self.docs),
            "exclude": self.exclude,
        }

    def _count(self, table: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def builder_identity(version: str, encoder: Encoder) -> str:
    """Name all that decides what a build makes of a file; ``version`` is the store's. Another name reads every file."""
    return f"{version}:{encoder.identity}:{chunking.SETTINGS}:{BAGS_VERSION}:{corpus.LOADERS_VERSION}"


def warn_of_other_encoder(facts: Mapping[str, str], encoder: Encoder) -> None:
    """Say that the generation before, whose ``facts`` these are, had another encoder; {} where there is none."""
    if facts and facts["encoder_identity"] != encoder.identity:
        log.warning("the index was built with encoder %s: encoding all anew with %s", facts["encoder"], encoder.name)


def report_of(
    plan: Plan, facts: Mapping[str, str], skipped: dict[str, str], encoded: int, *, committed: bool
) -> BuildReport:
    """Tell what a build did; ``facts`` are those of the newest generation."""
    return BuildReport(
        documents=int(facts["documents"]),
        chunks=int(facts["chunks"]),
        new=tuple(path for path in plan.new if path not in skipped),
        changed=tuple(path for path in plan.changed if path not in skipped),
        renamed=plan.renamed,
        deleted=plan.deleted,
        unchanged=plan.unchanged,
        encoded=encoded,
        skipped=skipped,
        generation=int(facts["generation"]),
        committed=committed,
    )
