"""The worker process: hanging, dying and hostile surroundings cost a file or nothing."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.isolated import Worker

PAGE = b"<!DOCTYPE html><html><head><title>Fire</title></head><body><p>The fire was put out.</p></body></html>"


@pytest.fixture
def worker():
    one = Worker()
    yield one
    one.stop()


def test_a_parser_that_takes_too_long_is_stopped_and_the_next_file_is_read(worker):
    worker.seconds = 0.0
    with pytest.raises(LoadError, match="takes more than 0 s"):
        worker.load(PAGE, "html")
    worker.seconds = 300.0
    assert worker.load(PAGE, "html").text == "The fire was put out."


def test_a_worker_that_died_is_replaced_and_no_file_pays_for_it(worker):
    assert worker.load(PAGE, "html").title == "Fire"
    worker._process.kill()
    assert worker.load(PAGE, "html").title == "Fire"


def test_a_request_larger_than_any_pipe_goes_through(worker):
    page = PAGE.replace(b"</body>", b"<!--" + b"x" * (5 << 20) + b"--></body>")
    assert worker.load(page, "html").text == "The fire was put out."


def test_the_worker_sees_no_token(worker, monkeypatch):
    monkeypatch.setenv("CITEBOT_TELEGRAM_TOKEN", "12345:secret")
    worker.load(PAGE, "html")
    assert b"secret" not in Path(f"/proc/{worker._process.pid}/environ").read_bytes()


def test_nothing_is_imported_from_the_working_directory(repository, tmp_path):
    for library in ("docx", "lxml", "trafilatura", "json"):
        (tmp_path / f"{library}.py").write_text("raise SystemExit('the wrong file')")
    code = "import sys; from embeddings.documents.loaders.isolated import WORKER;"
    code += "print(WORKER.load(sys.argv[1].encode(), 'html'))"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, PAGE.decode()],
        cwd=tmp_path,
        env={"PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "The fire was put out." in run.stdout


def test_the_worker_ends_with_its_builder(repository):
    code = (
        "import os, sys; from embeddings.documents.loaders.isolated import WORKER;"
        " WORKER.load(sys.argv[1].encode(), 'html');"
        "print(WORKER._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, PAGE.decode()],
        env={"PYTHONPATH": str(repository)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    # The pipe of the output closes only once nobody holds it; the worker holds another.
    status = Path(f"/proc/{run.stdout.strip()}/status")
    for _ in range(3000):
        if not status.exists() or "zombie" in status.read_text():
            return
        time.sleep(0.01)
    raise AssertionError("the worker still runs")
