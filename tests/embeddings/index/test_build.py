"""A build follows the folder: what is new, changed, renamed and deleted, and what need not be encoded again."""

import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import date

import pytest

from embeddings.documents.filters import Filters
from embeddings.documents.folder import digest
from embeddings.errors import CitebotError
from embeddings.index import catalogue, plan
from embeddings.index.build import build_index
from embeddings.index.catalogue import remembered_docs
from embeddings.index.changes import find_changes
from embeddings.index.integrity import verify
from embeddings.index.lock import build_lock
from embeddings.index.snapshot import open_snapshot

ARTICLES = {
    "fire.txt": "Fire at the station\n\nFirefighters put out the fire. Nobody was hurt in the end.\n",
    "news/visit.txt": "A visit\n\nThe mission will visit the region again. The president said so on Monday.\n",
    "news/grain.txt": "Grain prices\n\nWheat became dearer in spring. Traders expect more of it in autumn.\n",
}


@pytest.fixture
def built(tmp_path, write_articles, small_encoder):
    docs, index = write_articles(ARTICLES), tmp_path / "index"
    report = build_index(docs, index, encoder=small_encoder)
    small_encoder.texts.clear()
    return docs, index, report


def texts_of(index):
    snapshot = open_snapshot(index)
    return {facts.id: snapshot.document(facts.id).text for facts in snapshot.documents().values()}


def test_a_first_build_holds_every_document_to_the_letter(built):
    _, index, report = built
    assert (report.documents, report.new, report.committed) == (3, tuple(sorted(ARTICLES)), True)
    assert texts_of(index) == ARTICLES
    assert verify(index) == []


def test_every_chunk_is_its_documents_text_at_its_offsets(built):
    _, index, report = built
    snapshot = open_snapshot(index)
    for row in range(report.chunks):
        chunk, text, facts = snapshot.chunk(row)
        assert text == ARTICLES[chunk.document][chunk.start : chunk.end]
        assert facts.id == chunk.document


def test_nothing_changed_makes_no_generation_and_encodes_nothing(built, small_encoder):
    docs, index, first = built
    report = build_index(docs, index, encoder=small_encoder)
    assert (report.committed, report.generation, report.unchanged, small_encoder.texts) == (
        False,
        first.generation,
        3,
        [],
    )


def test_only_what_changed_is_encoded(built, small_encoder, write_articles):
    docs, index, _ = built
    write_articles({"news/grain.txt": "Grain prices\n\nWheat became cheaper in spring.\n"})
    report = build_index(docs, index, encoder=small_encoder)
    assert report.changed == ("news/grain.txt",)
    assert len(small_encoder.texts) == report.encoded == 1
    assert "cheaper" in texts_of(index)["news/grain.txt"]


def test_a_deleted_file_takes_its_passages_along(built, small_encoder):
    docs, index, first = built
    (docs / "fire.txt").unlink()
    report = build_index(docs, index, encoder=small_encoder)
    assert (report.deleted, small_encoder.texts) == (("fire.txt",), [])
    assert report.chunks < first.chunks
    snapshot = open_snapshot(index)
    assert "fire.txt" not in {snapshot.chunk(row)[0].document for row in range(report.chunks)}


def test_a_renamed_file_is_not_encoded_again(built, small_encoder):
    docs, index, _ = built
    (docs / "fire.txt").rename(docs / "blaze.txt")
    report = build_index(docs, index, encoder=small_encoder)
    assert (report.renamed, report.new, report.deleted, small_encoder.texts) == (
        (("fire.txt", "blaze.txt"),),
        (),
        (),
        [],
    )
    assert texts_of(index)["blaze.txt"] == ARTICLES["fire.txt"]


def test_a_touched_file_is_no_change_and_not_encoded_again(built, small_encoder):
    docs, index, _ = built
    os.utime(docs / "fire.txt", ns=(1, 1))
    assert not find_changes(open_snapshot(index), docs)
    build_index(docs, index, encoder=small_encoder)
    assert small_encoder.texts == []
    assert not find_changes(open_snapshot(index), docs)


def test_same_size_and_time_but_other_bytes_are_noticed(built, small_encoder):
    docs, index, _ = built
    path = docs / "fire.txt"
    stamp = path.stat()
    path.write_text(ARTICLES["fire.txt"].replace("Nobody", "Eleven"), encoding="utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert build_index(docs, index, encoder=small_encoder).changed == ("fire.txt",)


def trust_young_files(monkeypatch):
    """Let every file seem to have been written long before the build that reads it."""
    monkeypatch.setattr(plan, "CLOCK_STEP_NS", -3_600_000_000_000)


def test_a_file_whose_stamp_is_the_recorded_one_is_not_read_unless_asked_for(
    tmp_path, write_articles, small_encoder, monkeypatch
):
    docs, index, read = write_articles(ARTICLES), tmp_path / "index", []
    trust_young_files(monkeypatch)
    monkeypatch.setattr(plan, "digest", lambda docs, path: read.append(path) or digest(docs, path))
    build_index(docs, index, encoder=small_encoder)
    assert sorted(read) == sorted(ARTICLES)
    read.clear()
    assert not build_index(docs, index, encoder=small_encoder).committed
    assert read == []
    assert not build_index(docs, index, encoder=small_encoder, verify=True).committed
    assert sorted(read) == sorted(ARTICLES)


def test_a_file_written_within_the_clocks_step_is_read_once_more_and_then_believed(
    tmp_path, write_articles, small_encoder, monkeypatch
):
    docs, index = write_articles(ARTICLES), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    assert {stamp[3] for _, stamp in open_snapshot(index).stamps().values()} == {0}
    trust_young_files(monkeypatch)
    assert not build_index(docs, index, encoder=small_encoder).committed
    inodes = {path: stamp[3] for path, (_, stamp) in open_snapshot(index).stamps().items()}
    assert inodes == {path: (docs / path).stat().st_ino for path in ARTICLES}
    assert verify(index) == []


def test_verify_notices_a_damaged_index_file_that_a_glance_does_not(built, small_encoder):
    docs, index, _ = built
    (path,) = index.glob("words-*")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert not build_index(docs, index, encoder=small_encoder).committed
    assert build_index(docs, index, encoder=small_encoder, verify=True).committed
    assert verify(index) == []


def test_a_skipped_file_whose_permissions_moved_counts_as_new_until_it_was_looked_at(
    built, small_encoder, write_articles
):
    docs, index, _ = built
    write_articles({"late.txt": b"\x00\x01\x02" * 400})
    build_index(docs, index, encoder=small_encoder)
    assert not find_changes(open_snapshot(index), docs)
    time.sleep(0.05)
    (docs / "late.txt").chmod(0o600)  # neither its size nor the time of its writing moves
    assert find_changes(open_snapshot(index), docs).new == ("late.txt",)
    assert not build_index(docs, index, encoder=small_encoder).committed
    assert not find_changes(open_snapshot(index), docs)


def test_filters_are_resolved_by_path_and_date_as_they_admit(tmp_path, write_articles, small_encoder):
    days = ("2023-10-01", "2024-01-02", "x")
    paths = [f"{folder}{day}.txt" for folder in ("news/", "news2/", "\u00c9ire/", "") for day in days]
    docs, index = write_articles({path: f"Report\n\nIt rained at {path}.\n" for path in paths}), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    snapshot = open_snapshot(index)
    for filters in (
        *(Filters((glob,)) for glob in ("news", "news/", "news*", "E\u0301ire/*", "nowhere")),
        Filters(("*x*", "\u00c9ire")),
        Filters(("[n]ews/*", "x.txt")),
        Filters((), date(2023, 10, 1)),
        Filters((), None, date(2023, 12, 1)),
        Filters(("news/*",), date(2024, 1, 1)),
    ):
        found = {snapshot.chunk(int(row))[2].id for row in snapshot.allowed_rows(filters).nonzero()[0]}
        assert found == {one.id for one in snapshot.documents().values() if filters.admit(one.id, one.date)}, filters
        assert snapshot.allowed_rows(filters) is snapshot.allowed_rows(filters)


def test_a_file_that_became_unreadable_leaves_and_is_named(built, small_encoder, write_articles):
    docs, index, _ = built
    write_articles({"fire.txt": b"\x00\x01\x02" * 400})
    report = build_index(docs, index, encoder=small_encoder)
    assert "fire.txt" in report.skipped
    assert "fire.txt" not in texts_of(index)
    again = build_index(docs, index, encoder=small_encoder)
    assert (again.skipped, again.committed) == (report.skipped, False)


def test_equal_folders_give_equal_files(tmp_path, write_articles, small_encoder):
    docs = write_articles(ARTICLES)
    for name in ("one", "two"):
        build_index(docs, tmp_path / name, encoder=small_encoder)
    for path in (tmp_path / "one").glob("*-000001.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_rebuild_encodes_all_and_answers_the_same(built, small_encoder):
    docs, index, first = built
    report = build_index(docs, index, encoder=small_encoder, rebuild=True)
    assert len(small_encoder.texts) == first.encoded
    assert (report.generation, report.documents) == (first.generation + 1, 3)
    assert verify(index) == []


def test_another_encoder_makes_everything_anew(built, small_encoder):
    docs, index, _ = built
    small_encoder.identity = "f" * 64
    report = build_index(docs, index, encoder=small_encoder)
    assert len(small_encoder.texts) == report.chunks
    assert open_snapshot(index).facts["encoder_identity"] == "f" * 64


def test_an_empty_folder_is_an_empty_index(tmp_path, write_articles, small_encoder):
    report = build_index(write_articles({}), tmp_path / "index", encoder=small_encoder)
    assert (report.documents, report.chunks) == (0, 0)
    assert open_snapshot(tmp_path / "index").generation.rows == 0


def test_a_missing_folder_is_one_clear_line_and_makes_no_index(tmp_path, small_encoder):
    with pytest.raises(CitebotError, match="nowhere"):
        build_index(tmp_path / "nowhere", tmp_path / "index", encoder=small_encoder)
    assert not (tmp_path / "index").exists()


def test_a_second_builder_waits_and_then_leaves_with_a_clear_line(built, small_encoder):
    docs, index, _ = built
    with build_lock(index), pytest.raises(CitebotError, match="another build"):
        build_index(docs, index, encoder=small_encoder, lock_wait_s=0.2)


@pytest.mark.timeout(120)
def test_a_build_does_not_wait_for_those_who_read(built, small_encoder, write_articles, monkeypatch):
    monkeypatch.setattr(catalogue, "BUSY_TIMEOUT_S", 3600.0)
    docs, index, _ = built
    reader = open_snapshot(index)
    write_articles({"fire.txt": "Fire\n\nAnother text.\n"})
    assert build_index(docs, index, encoder=small_encoder).committed
    reader.close()


def test_two_builders_at_once_both_end_well(tmp_path, write_articles, small_encoder):
    docs, index, reports = write_articles(ARTICLES), tmp_path / "index", []
    threads = [
        threading.Thread(target=lambda: reports.append(build_index(docs, index, encoder=small_encoder)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.committed for report in reports) == [False, True]
    assert verify(index) == []


def test_globs_that_leave_files_out_are_remembered(tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out.")
    (docs / "draft.md").write_text("The fire was not put out.")
    assert build_index(docs, index, exclude=["*.md"]).documents == 1
    (docs / "rain.txt").write_text("It rained.")
    (docs / "second.md").write_text("It did not rain.")
    assert build_index(docs, index).documents == 2
    assert build_index(docs, index, exclude=[]).documents == 4


def test_an_index_keeps_its_docs_folder_unless_told_to_move(tmp_path):
    first, second, index = tmp_path / "first", tmp_path / "second", tmp_path / "index"
    for folder in (first, second):
        folder.mkdir()
        (folder / "fire.txt").write_text("The fire was put out.")
    build_index(first, index)
    assert remembered_docs(index) == first.resolve()
    with pytest.raises(CitebotError, match=r"is that of .*first.*--move"):
        build_index(second, index)
    assert remembered_docs(index) == first.resolve()
    report = build_index(second, index, move=True)
    assert (report.documents, report.encoded) == (1, 0)
    assert remembered_docs(index) == second.resolve()


def test_an_index_that_moves_together_with_its_docs_is_still_theirs(tmp_path):
    (tmp_path / "old" / "docs").mkdir(parents=True)
    (tmp_path / "old" / "docs" / "fire.txt").write_text("The fire was put out.")
    build_index(tmp_path / "old" / "docs", tmp_path / "old" / "index")
    (tmp_path / "old").rename(tmp_path / "new")
    assert not build_index(tmp_path / "new" / "docs", tmp_path / "new" / "index").committed


def test_words_of_a_deleted_article_leave_the_catalogue(tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out.")
    (docs / "secret.txt").write_text("Xylophonists rehearsed.")
    build_index(docs, index)
    (docs / "secret.txt").unlink()
    build_index(docs, index)
    with closing(sqlite3.connect(index / "catalogue.sqlite")) as connection:
        terms = {term for (term,) in connection.execute("SELECT term FROM terms")}
    assert "fire" in terms
    assert not any(term.startswith("xylophon") for term in terms)


def test_a_skipped_file_that_was_repaired_counts_as_new(tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out.")
    (docs / "late.txt").write_text("")
    build_index(docs, index)
    assert not find_changes(open_snapshot(index), docs)
    (docs / "late.txt").write_text("It rained.")
    assert find_changes(open_snapshot(index), docs).new == ("late.txt",)


def test_the_log_stays_small_beside_a_reader_that_looks_for_newer_generations(tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out.")
    build_index(docs, index)
    snapshot, sizes = open_snapshot(index), []
    for number in range(25):
        (docs / "news.txt").write_text(f"It rained {number} days.")
        build_index(docs, index)
        newer = open_snapshot(index)
        snapshot.close()
        snapshot = newer
        assert snapshot.fold_log()
        sizes.append((index / "catalogue.sqlite-wal").stat().st_size)
    assert max(sizes) < 3 * sizes[0]
    assert snapshot.document("news.txt").text == "It rained 24 days."


def test_a_reader_whose_generation_was_overtaken_keeps_its_own_rows_when_it_folds_the_log(tmp_path):
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "fire.txt").write_text("The fire was put out.")
    build_index(docs, index)
    snapshot = open_snapshot(index)
    (docs / "fire.txt").write_text("It rained.")
    build_index(docs, index)
    assert not snapshot.fold_log()
    assert snapshot.chunk(0)[1] == "The fire was put out."
