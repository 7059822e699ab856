"""What must never hurt an index: kills, full disks, damaged files, swaps while questions run (faults 1 to 12)."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import CitebotError
from embeddings.index import merging
from embeddings.index.build import build_index
from embeddings.index.catalogue import FILE_NAME, read_facts, write_facts
from embeddings.index.integrity import verify
from embeddings.index.snapshot import newest_facts, open_snapshot
from embeddings.search.dense import open_dense
from embeddings.search.mapped import Damaged, Mapped

OLD = {f"{n}.txt": f"Article {n}\n\nThe old wording of number {n} stands here.\n" for n in range(6)}
NEW = {f"{n}.txt": f"Article {n}\n\nThe new wording of number {n} stands here.\n" for n in range(2, 8)}

BUILDER = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{repository!r}, {tests!r}]
from conftest import SmallEncoder
from embeddings.index import build
from embeddings.index import generation, merging, segments
from embeddings.index import staging
import faiss, embeddings.documents.folder, resource
staging.BATCH_CHUNKS, staging.COMMIT_S = 2, 0.0
merging.SMALL_ROWS = {small_rows}
steps = 0
WATCHED = {{"execute", "executemany", "executescript", "replace", "fsync", "unlink", "write", "flock", "close"}}
def on_call(frame, event, called):
    global steps
    if event == "c_call" and called.__name__ in WATCHED:
        steps += 1
        if steps == {kill_at}:
            os.kill(os.getpid(), signal.SIGKILL)
if {file_limit}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({file_limit}, {file_limit}))
sys.setprofile(on_call)
try:
    build.build_index(Path(sys.argv[1]), Path(sys.argv[2]), encoder=SmallEncoder(), rebuild={rebuild})
except build.CitebotError as error:
    sys.setprofile(None)
    print(error)
    sys.exit(1)
sys.setprofile(None)
print(steps)
"""


def run_builder(repository, docs, index, *, kill_at=0, file_limit=0, rebuild=False, small_rows=0):
    code = BUILDER.format(
        repository=str(repository),
        tests=str(repository / "tests"),
        kill_at=kill_at,
        file_limit=file_limit,
        rebuild=rebuild,
        small_rows=small_rows,
    )
    # Without bytecode: writing it, which only the first run does, would be steps of that run alone.
    command, environment = [sys.executable, "-c", code, docs, index], os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def content(index):
    snapshot = open_snapshot(index)
    chunks = {
        snapshot.chunk(row)[0].document: snapshot.chunk(row)[1]
        for row in snapshot.generation.corpus.live_rows().tolist()
    }
    return {facts.id: snapshot.document(facts.id).text for facts in snapshot.documents().values()}, chunks


@pytest.fixture
def old_index(tmp_path, write_articles, small_encoder):
    docs, index = write_articles(OLD), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    return docs, index


def change(docs, write_articles):
    for path in docs.iterdir():
        path.unlink()
    write_articles(NEW)


@pytest.mark.parametrize(("rebuild", "small_rows"), [(False, 0), (False, 1000), (True, 0)])
def test_kill_9_at_any_step_leaves_the_old_or_the_new_index_never_a_mix(
    old_index, tmp_path, write_articles, repository, small_encoder, rebuild, small_rows
):
    docs, index = old_index
    change(docs, write_articles)
    whole, how = tmp_path / "whole", {"rebuild": rebuild, "small_rows": small_rows}
    shutil.copytree(index, whole)
    steps = int(run_builder(repository, docs, whole, **how).stdout)
    seen = set()
    for kill_at in sorted({*range(1, steps + 1, max(1, steps // 12)), steps - 2, steps - 1, steps}):
        trial = tmp_path / f"trial-{kill_at}"
        shutil.copytree(index, trial)
        killed = run_builder(repository, docs, trial, **how, kill_at=kill_at)
        assert killed.returncode == -signal.SIGKILL
        documents, chunks = content(trial)
        assert documents in (OLD, NEW)
        assert all(text in documents[name] for name, text in chunks.items())
        assert set(chunks) == set(documents)
        seen.add(documents == NEW)
        build_index(docs, trial, encoder=small_encoder)
        assert content(trial)[0] == NEW
        assert verify(trial) == []
    assert seen == {False, True}


def test_kill_9_while_segments_are_written_merged_and_removed_leaves_the_old_or_the_new_index(
    tmp_path, write_articles, repository, small_encoder, monkeypatch
):
    monkeypatch.setattr(merging, "SMALL_ROWS", 0)
    docs, index = write_articles({f"{n}.txt": f"Article {n}\n\nIt is old.\n" for n in range(30)}), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    write_articles({"0.txt": "Article 0\n\nIt was changed.\n"})
    build_index(docs, index, encoder=small_encoder)
    old = content(index)[0]
    write_articles({"2.txt": NEW["2.txt"], "40.txt": "Article 40\n\nIt is new.\n"})
    (docs / "3.txt").unlink()
    new = {path.name: path.read_text() for path in docs.iterdir()}
    before = open_snapshot(index).generation.segments
    assert len(before) > 1
    whole = tmp_path / "whole"
    shutil.copytree(index, whole)
    steps, seen = int(run_builder(repository, docs, whole).stdout), set()
    after = open_snapshot(whole).generation.segments
    assert any(one.facts.gone for one in after) and {one.facts.id for one in before} - {one.facts.id for one in after}
    for kill_at in range(steps - 36, steps + 1, 3):
        trial = tmp_path / f"trial-{kill_at}"
        shutil.copytree(index, trial)
        assert run_builder(repository, docs, trial, kill_at=kill_at).returncode == -signal.SIGKILL
        documents, chunks = content(trial)
        assert documents in (old, new) and set(chunks) == set(documents)
        assert all(text in documents[name] for name, text in chunks.items())
        seen.add(documents == new)
        build_index(docs, trial, encoder=small_encoder)
        assert content(trial)[0] == new
        assert verify(trial) == []
        named = {
            file.name for one in open_snapshot(trial).generation.segments for file in (one.facts.dense, one.facts.words)
        }
        assert {path.name for path in trial.glob("*-0*")} == named
    assert seen == {False, True}


def test_what_a_killed_build_had_staged_of_a_file_that_is_gone_since_leaves_no_words_behind(
    old_index, tmp_path, write_articles, repository, small_encoder
):
    docs, index = old_index
    write_articles({f"a{n}.txt": f"Secret {n}\n\nXylophonist{n} rehearsed in the hall.\n" for n in range(8)})
    steps, left = int(run_builder(repository, docs, shutil.copytree(index, tmp_path / "whole")).stdout), set()
    for kill_at in range(steps // 2, steps, steps // 8):
        trial = shutil.copytree(index, tmp_path / f"trial-{kill_at}")
        run_builder(repository, docs, trial, kill_at=kill_at)
        left.add(len(secret_words(trial)))
        other = write_articles(OLD, tmp_path / "docs-before")
        build_index(other, trial, encoder=small_encoder, move=True)
        assert secret_words(trial) == set()
        assert verify(trial) == []
    assert max(left) > 0


def secret_words(index):
    with closing(sqlite3.connect(index / FILE_NAME)) as connection:
        rows = connection.execute("SELECT term FROM terms WHERE term LIKE 'xylophon%'")
        return {term for (term,) in rows}


def test_kill_9_during_the_first_build_means_no_index_yet_and_building_again_works(
    tmp_path, write_articles, repository, small_encoder
):
    docs = write_articles(OLD)
    for kill_at in (1, 3, 8, 15, 30, 45):
        index = tmp_path / f"index-{kill_at}"
        assert run_builder(repository, docs, index, kill_at=kill_at).returncode == -signal.SIGKILL
        with pytest.raises(CitebotError, match="no index yet"):
            open_snapshot(index)
        build_index(docs, index, encoder=small_encoder)
        assert content(index)[0] == OLD


def test_a_killed_build_goes_on_where_it_stopped(tmp_path, write_articles, repository, small_encoder):
    docs = write_articles(OLD)
    steps = int(run_builder(repository, docs, tmp_path / "whole").stdout)
    encoded = set()
    for kill_at in range(steps // 3, steps, steps // 8):
        index = tmp_path / f"index-{kill_at}"
        run_builder(repository, docs, index, kill_at=kill_at)
        encoded.add(build_index(docs, index, encoder=small_encoder).encoded)
        assert content(index)[0] == OLD
    assert any(0 < count < len(OLD) for count in encoded)


def test_a_full_disk_leaves_the_old_index_and_says_so(old_index, write_articles, repository):
    docs, index = old_index
    write_articles({f"big-{n}.txt": f"Words {n} more than the disk can hold. " * 300 for n in range(30)})
    for limit in (90_000, 150_000, 300_000):
        failed = run_builder(repository, docs, index, file_limit=limit)
        assert failed.returncode == 1, failed.stderr
        assert "the index is as it was before" in failed.stdout
        assert "Traceback" not in failed.stderr
        assert content(index)[0] == OLD


@pytest.mark.parametrize("damage", ["flip", "flip in hashes", "truncate", "empty", "lengthen", "remove"])
@pytest.mark.parametrize("kind", ["dense", "words"])
def test_a_damaged_derived_file_is_named_and_healed(old_index, caplog, damage, kind):
    _, index = old_index
    (path,) = index.glob(f"{kind}-*")
    whole = path.read_bytes()
    before = content(index)
    if damage == "remove":
        path.unlink()
    else:
        middle = len(whole) // 2
        damaged = {
            "flip": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "flip in hashes": whole[:-1] + bytes([whole[-1] ^ 1]),
            "truncate": whole[:middle],
            "empty": b"",
            "lengthen": whole + b"\0",
        }
        path.write_bytes(damaged[damage])
    assert [problem.name for problem in verify(index)] == [
        f"{path} is {'missing' if damage == 'remove' else 'damaged'}"
    ]
    assert content(index) == before
    assert path.name in caplog.text
    assert path.read_bytes() == whole


def test_a_flipped_bit_anywhere_in_the_catalogue_is_never_quoted(old_index, tmp_path):
    _, index = old_index
    good = content(index)
    data = (index / FILE_NAME).read_bytes()
    for place in range(100, len(data), len(data) // 150):
        hurt = tmp_path / "hurt"
        shutil.copytree(index, hurt)
        (hurt / FILE_NAME).write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            assert content(hurt) == good
        except CitebotError as error:
            assert FILE_NAME in str(error) or "catalogue" in str(error) or "format" in str(error)
            assert "--rebuild" in str(error)
        shutil.rmtree(hurt)


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\xff" * len(data)]
)
def test_a_broken_catalogue_is_refused_with_the_remedy_and_the_remedy_works(old_index, small_encoder, damage):
    docs, index = old_index
    path = index / FILE_NAME
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CitebotError, match=r"no index yet|--rebuild"):
        content(index)
    build_index(docs, index, encoder=small_encoder, rebuild=True)
    assert content(index)[0] == OLD


def test_vectors_of_another_build_are_not_believed(old_index, tmp_path, write_articles, small_encoder, caplog):
    _, index = old_index
    other = tmp_path / "other"
    build_index(write_articles(NEW, tmp_path / "other-docs"), other, encoder=small_encoder)
    (own,) = index.glob("dense-*")
    (foreign,) = other.glob("dense-*")
    right = own.read_bytes()
    own.write_bytes(foreign.read_bytes())
    open_snapshot(index)
    assert "damaged" in caplog.text
    assert own.read_bytes() == right


def test_a_faiss_header_that_claims_too_much_is_refused_under_a_memory_cap(repository):
    code = f"""
import resource, struct, sys
sys.path.insert(0, {str(repository)!r})
import faiss, numpy
from pathlib import Path
from embeddings.search.dense import open_dense
from embeddings.search.mapped import Damaged, Mapped
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
data = b"IxFI" + struct.pack("<iqqqbi", 64, 1 << 27, 1 << 20, 1 << 20, 1, 0) + struct.pack("<Q", 1 << 33)
try:
    open_dense(Mapped(Path("dense"), numpy.frombuffer(data, numpy.uint8), None), len(data))
except Damaged:
    print("refused")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert run.stdout.strip() == "refused", run.stderr


def test_garbage_is_refused_by_the_parser():
    data = np.frombuffer(b"not an index at all", np.uint8)
    with pytest.raises(Damaged):
        open_dense(Mapped(Path("dense"), data, None), len(data))


def test_nothing_is_ever_unpickled(repository):
    for room in ("embeddings", "qa", "bot"):
        for path in Path(repository / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "import pickle" not in text and "allow_pickle=True" not in text, path


def test_an_index_of_another_format_is_refused_with_advice(old_index):
    _, index = old_index
    connection = sqlite3.connect(index / FILE_NAME)
    write_facts(connection, {**read_facts(connection), "format": "0"})
    connection.execute("UPDATE facts SET value = 'made in another way' WHERE key = 'seal'")
    connection.commit()
    connection.close()
    with pytest.raises(CitebotError, match=r"format 0.*--rebuild"):
        open_snapshot(index)


def test_a_snapshot_reads_one_generation_while_the_index_is_swapped(old_index, write_articles, small_encoder):
    docs, index = old_index
    snapshot = open_snapshot(index)
    change(docs, write_articles)
    build_index(docs, index, encoder=small_encoder)
    assert {snapshot.chunk(row)[0].document for row in snapshot.generation.corpus.live_rows().tolist()} == set(OLD)
    assert snapshot.document("3.txt").text == OLD["3.txt"]
    assert open_snapshot(index).document("3.txt").text == NEW["3.txt"]


def test_snapshots_opened_during_swaps_are_whole(old_index, write_articles, small_encoder):
    docs, index = old_index
    done, mixed = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            documents, chunks = content(index)
            words = {text.split()[1] for text in (t.split("\n\n")[-1] for t in chunks.values())}
            if len(words) != 1 or set(chunks) != set(documents):
                mixed.append(words)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for round_ in range(12):
        for path in docs.iterdir():
            path.unlink()
        write_articles(NEW if round_ % 2 == 0 else OLD)
        build_index(docs, index, encoder=small_encoder)
    done.set()
    for reader in readers:
        reader.join()
    assert mixed == []
    assert newest_facts(index)["generation"] == "13"


@pytest.mark.parametrize("left_behind", [False, True])
def test_an_index_that_cannot_be_written_still_answers(old_index, repository, left_behind):
    """``left_behind``: with the empty log files that an earlier reader leaves, and without."""
    _, index = old_index
    if left_behind:
        open_snapshot(index).close()
    else:
        for name in ("-wal", "-shm"):
            (index / (FILE_NAME + name)).unlink(missing_ok=True)
    code = f"""
import os, shutil, sys, tempfile
from pathlib import Path
sys.path.insert(0, {str(repository)!r})
import faiss, safetensors.numpy
from embeddings.index.snapshot import open_snapshot
with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    copy = Path(folder) / "index"
    shutil.copytree({str(index)!r}, copy)
    for path in (*copy.iterdir(), copy):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(65534)  # permissions do not hold root back
    print(open_snapshot(copy).document("3.txt").text, end="")
    os.seteuid(os.getuid())
    copy.chmod(0o755)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert (run.stdout, run.stderr) == (OLD["3.txt"], "")


def test_the_build_lock_goes_with_its_holder(old_index, repository, small_encoder, write_articles):
    docs, index = old_index
    code = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(repository)!r})
from embeddings.index.lock import build_lock
with build_lock(Path({str(index)!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    write_articles({"0.txt": "Article 0\n\nThe newest wording.\n"})
    assert build_index(docs, index, encoder=small_encoder, lock_wait_s=0.0).changed == ("0.txt",)


def test_an_index_whose_tables_had_fewer_columns_is_refused_with_advice_and_can_be_rebuilt(old_index, small_encoder):
    docs, index = old_index
    connection = sqlite3.connect(index / FILE_NAME)
    connection.execute("ALTER TABLE skipped DROP COLUMN size")
    connection.execute("ALTER TABLE skipped DROP COLUMN mtime_ns")
    write_facts(connection, {**read_facts(connection), "format": "2"})
    connection.commit()
    connection.close()
    with pytest.raises(CitebotError, match=r"format 2.*--rebuild"):
        build_index(docs, index, encoder=small_encoder)
    assert build_index(docs, index, encoder=small_encoder, rebuild=True).documents == len(OLD)
    assert not verify(index)
