"""``citebot index``: one summary line on stdout, everything else on stderr, and a watch that ends with Ctrl-C."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest

FIRE = "Fire\n\nFirefighters put out the fire.\n"


def counts(done) -> dict[str, int]:
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    told = re.fullmatch(r"([\d,]+ documents?), ([\d,]+ chunks?): (.*); ([\d,]+) chunks? encoded in \d+\.\d s", line)
    assert told, line
    found = {name: int(number) for number, name in (part.split(" ") for part in told.group(3).split(", "))}
    return found | {"documents": int(told.group(1).split()[0]), "encoded": int(told.group(4))}


def test_the_summary_tells_what_came_changed_moved_and_went(citebot, write_articles):
    docs = write_articles(
        {
            "a.txt": FIRE,
            "b.txt": "Bees\n\nBees dance.\n",
            "c.txt": "Cats\n\nCats sleep.\n",
            "d.txt": "Dogs\n\nDogs bark.\n",
        }
    )
    first = citebot("index")
    assert first.returncode == 1 and "seeds" in first.stderr  # the default folder is not there
    assert counts(citebot("index", "--docs", docs)) == {"new": 4, "documents": 4, "encoded": 4}
    write_articles({"b.txt": "Bees\n\nBees make honey.\n", "e.txt": "Eels\n\nEels swim.\n"})
    (docs / "c.txt").rename(docs / "moved.txt")
    (docs / "d.txt").unlink()
    expected = {"new": 1, "changed": 1, "renamed": 1, "deleted": 1, "unchanged": 1, "documents": 4, "encoded": 2}
    assert counts(citebot("index", "--docs", docs)) == expected
    assert counts(citebot("index", "--docs", docs)) == {"unchanged": 4, "documents": 4, "encoded": 0}
    assert counts(citebot("index", "--docs", docs, "--rebuild"))["encoded"] == 4


def test_each_skipped_file_is_named_with_its_reason_on_stderr(citebot, write_articles):
    docs = write_articles({"a.txt": FIRE, "empty.txt": "", "noise.txt": bytes(range(256)) * 20, "\x1b[31mred.txt": b""})
    done = citebot("index", "--docs", docs)
    assert counts(done)["skipped"] == 3
    named = done.stderr.splitlines()
    assert len(named) == 3 and all(line.startswith("warning: skipped ") for line in named)
    assert any("empty.txt: empty" in line for line in named) and any("noise.txt: " in line for line in named)
    assert "\x1b" not in done.stderr


def test_an_empty_folder_is_indexed_and_asked_without_a_crash(citebot, tmp_path):
    (tmp_path / "docs").mkdir()
    done = citebot("index", "--docs", "docs")
    assert done.returncode == 0 and done.stdout.startswith("0 documents, 0 chunks: nothing there;")
    asked = citebot("ask", "Who?", "--docs", "docs")
    assert asked.returncode == 0 and asked.stdout.startswith("Not in the documents.\n")


def test_a_folder_that_cannot_be_written_is_named(citebot, write_articles, tmp_path):
    docs = write_articles({"a.txt": FIRE})
    (tmp_path / "taken").write_text("a file where the index should go")
    done = citebot("index", "--docs", docs, "--index", "taken")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and "taken" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch_follows_the_folder_until_it_is_stopped(program, repository, write_articles, tmp_path, number):
    docs = write_articles({"a.txt": FIRE})
    command = [*program, "index", "--watch", "--docs", str(docs), "--index", str(tmp_path / "index")]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline().startswith("1 document, 1 chunk: 1 new;")
            assert process.stderr.readline() == f"watching {docs}: Ctrl-C ends it\n"
            write_articles({"b.txt": "Bees\n\nBees dance.\n"})
            assert process.stdout.readline().startswith("2 documents, 2 chunks: 1 new, 1 unchanged;")
            process.send_signal(number)
            assert process.wait(300) == 0
            assert process.stderr.read() == f"no longer watching {docs}\n"
        finally:
            process.kill()


def test_ctrl_c_in_a_build_ends_quietly_and_the_next_build_works(
    program, citebot, repository, write_articles, tmp_path
):
    docs = write_articles({f"{n}.txt": f"Article {n}\n\n{f'This is sentence {n} of many. ' * 30}" for n in range(400)})
    command = [*program, "index", "--docs", str(docs)]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not (tmp_path / ".citebot/catalogue.sqlite").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=300) == ("", "")
    assert process.returncode == 130
    assert "no index yet" in citebot("status", "--docs", docs).stderr
    for path in sorted(docs.iterdir())[3:]:
        path.unlink()
    asked = citebot("ask", "Which sentence is this?", "--docs", docs)
    assert asked.returncode == 0 and asked.stderr.startswith("no index in .citebot yet: building it from")


def test_a_builder_killed_right_after_its_start_means_no_index_yet(citebot, library, tmp_path):
    (tmp_path / ".citebot").mkdir()
    (tmp_path / ".citebot/catalogue.sqlite").touch()
    status = citebot("status", "--docs", library.docs)
    assert status.returncode == 1 and "no index yet" in status.stderr
    asked = citebot("ask", "Who put out the fire?", "--docs", library.docs)
    assert asked.returncode == 0 and asked.stderr.startswith("no index in .citebot yet: building it from")


def test_a_catalogue_that_was_emptied_is_damage_and_is_not_overwritten(citebot, library, tmp_path):
    index = shutil.copytree(library.index, tmp_path / "index")
    (index / "catalogue.sqlite").write_bytes(b"")
    asked = citebot("ask", "Who put out the fire?", "--docs", library.docs, "--index", index)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "damaged" in asked.stderr and "citebot index --rebuild" in asked.stderr
    assert citebot("index", "--rebuild", "--docs", library.docs, "--index", index).returncode == 0
