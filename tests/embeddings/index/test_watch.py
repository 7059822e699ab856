"""Watching follows the folder, and a build that fails does not end it."""

import threading
import time

import pytest

from embeddings.errors import CitebotError
from embeddings.index.snapshot import open_snapshot
from embeddings.index.watch import watch

PATIENCE_S = 30.0


def wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


def test_changes_are_followed_until_told_to_stop(tmp_path, write_articles, small_encoder):
    docs, index, reports, stop = write_articles({"a.txt": "One.\n"}), tmp_path / "index", [], threading.Event()
    watcher = threading.Thread(
        target=watch, args=(docs, index), kwargs={"encoder": small_encoder, "on_report": reports.append, "stop": stop}
    )
    watcher.start()
    wait_for(lambda: len(reports) == 1)
    write_articles({"b.txt": "Two.\n"})
    wait_for(lambda: any("b.txt" in report.new for report in reports))
    (docs / "a.txt").unlink()
    wait_for(lambda: any("a.txt" in report.deleted for report in reports))
    stop.set()
    watcher.join(PATIENCE_S)
    assert not watcher.is_alive()
    assert {facts.id for facts in open_snapshot(index).documents().values()} == {"b.txt"}


def test_an_index_inside_the_folder_does_not_set_it_off(tmp_path, write_articles, small_encoder):
    docs, reports, stop = write_articles({"a.txt": "One.\n"}), [], threading.Event()
    watcher = threading.Thread(
        target=watch,
        args=(docs, docs / ".citebot"),
        kwargs={"encoder": small_encoder, "on_report": reports.append, "stop": stop},
    )
    watcher.start()
    wait_for(lambda: len(reports) == 1)
    write_articles({"b.txt": "Two.\n"})
    wait_for(lambda: len(reports) == 2)
    time.sleep(2.5)
    stop.set()
    watcher.join(PATIENCE_S)
    assert len(reports) == 2


def test_a_missing_folder_ends_it_with_a_clear_line(tmp_path, small_encoder):
    with pytest.raises(CitebotError, match="nowhere"):
        watch(tmp_path / "nowhere", tmp_path / "index", encoder=small_encoder)
