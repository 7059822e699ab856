"""Watching follows the folder, and a build that fails does not end it."""

import threading
import time

import pytest

from embeddings.errors import CitebotError
from embeddings.index.snapshot import open_snapshot
from embeddings.index.watch import watch

PATIENCE_S = 180.0
QUIET_S = 2.5


def wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


@pytest.fixture
def watching(small_encoder):
    """Watch a folder in a thread, which ends with the test at the latest: its reports, and what stops it."""
    stop, watchers = threading.Event(), []

    def start(docs, index):
        reports = []
        how = {"encoder": small_encoder, "on_report": reports.append, "stop": stop}
        watchers.append(threading.Thread(target=watch, args=(docs, index), kwargs=how))
        watchers[0].start()
        return reports, end

    def end():
        stop.set()
        for watcher in watchers:
            watcher.join(PATIENCE_S)
            assert not watcher.is_alive()

    yield start
    end()


def test_changes_are_followed_until_told_to_stop(tmp_path, write_articles, watching):
    docs, index = write_articles({"a.txt": "One.\n"}), tmp_path / "index"
    reports, stop = watching(docs, index)
    wait_for(lambda: reports)
    write_articles({"b.txt": "Two.\n"})
    wait_for(lambda: any("b.txt" in report.new for report in reports))
    (docs / "a.txt").unlink()
    wait_for(lambda: any("a.txt" in report.deleted for report in reports))
    stop()
    assert {facts.id for facts in open_snapshot(index).documents().values()} == {"b.txt"}


def test_an_index_inside_the_folder_does_not_set_it_off(write_articles, watching):
    docs = write_articles({"a.txt": "One.\n"})
    reports, _ = watching(docs, docs / ".citebot")
    wait_for(lambda: reports)
    write_articles({"b.txt": "Two.\n"})
    wait_for(lambda: any("b.txt" in report.new for report in reports))

    def quiet() -> bool:
        before = len(reports)
        time.sleep(QUIET_S)
        return len(reports) == before

    wait_for(quiet)  # an index that set it off would be built again and again


def test_a_missing_folder_ends_it_with_a_clear_line(tmp_path, small_encoder):
    with pytest.raises(CitebotError, match="nowhere"):
        watch(tmp_path / "nowhere", tmp_path / "index", encoder=small_encoder)
