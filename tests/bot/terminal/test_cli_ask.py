"""``citebot ask`` as programs and pipes meet it: the contract's JSON to the letter, results alone on stdout."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

QUESTION = "Who put out the fire at the petrol station?"
KEYS = ["id", "question", "answered", "answer", "confidence", "quotes", "reason"]
QUOTE_KEYS = ["document", "title", "start", "end", "text", "answer_start", "answer_end", "score"]
QUOTE_KEYS += ["date", "author", "url", "page", "place"]


def parse(done) -> dict:
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line)


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ([QUESTION], {}),
        (["--debug", QUESTION], {}),
        (QUESTION.split(), {}),
        (["ask"], {"input": f"{QUESTION}\n"}),
        (["ask"], {"input": "Who put out the fire\r\n  at the petrol station?"}),
    ],
)
def test_a_question_needs_no_command_and_can_be_piped_in(citebot, library, typed, options):
    asked = parse(citebot("ask", QUESTION, *library.flags, "--json"))
    assert parse(citebot(*typed, *library.flags, "--json", **options)) == asked


def test_json_holds_the_promised_fields_and_the_file_says_so_to_the_letter(citebot, library):
    done = citebot("ask", QUESTION, *library.flags, "--json", "--threshold", "0")
    answer = parse(done)
    assert done.stderr == ""
    assert list(answer) == KEYS
    assert (answer["id"], answer["question"], answer["answered"], answer["reason"]) == (None, QUESTION, True, None)
    assert 0 <= answer["confidence"] <= 1
    for quote in answer["quotes"]:
        assert list(quote) == QUOTE_KEYS
        text = (library.docs / quote["document"]).read_bytes().decode("utf-8")
        assert text[quote["start"] : quote["end"]] == quote["text"]
        assert quote["start"] <= quote["answer_start"] < quote["answer_end"] <= quote["end"]
    first = answer["quotes"][0]
    assert first["document"] == "news/fire.txt" and first["title"] == "Fire at the station"
    text = (library.docs / first["document"]).read_text(encoding="utf-8")
    assert text[first["answer_start"] : first["answer_end"]] == answer["answer"]


def test_a_refusal_is_done_and_shows_the_nearest_passages(citebot, library):
    answer = parse(citebot("ask", QUESTION, *library.flags, "--json", "--threshold", "1"))
    assert (answer["answered"], answer["answer"]) == (False, None)
    assert answer["reason"] and answer["quotes"]
    assert {quote["answer_start"] for quote in answer["quotes"]} == {None}


@pytest.mark.parametrize("top", [1, 2])
def test_top_limits_the_quotes(citebot, library, top):
    answer = parse(citebot("ask", QUESTION, *library.flags, "--json", "--top", top, "--threshold", "0"))
    assert len(answer["quotes"]) == top


def test_words_without_quotation_marks_are_one_question(citebot, library):
    answer = parse(citebot("ask", "--json", *library.flags, *QUESTION.split()))
    assert answer["question"] == QUESTION


@pytest.mark.parametrize(
    ("flags", "documents"),
    [
        (["--in", "essays/*"], {"essays/bees.txt"}),
        (["--in", "essays/*", "--in", "news/v*"], {"essays/bees.txt", "news/visit.md"}),
        (["--since", "2023-11-20"], {"news/visit.md"}),
        (["--until", "2023-10-03"], {"news/fire.txt"}),
        (["--since", "2023-10-04", "--until", "2023-11-19"], set()),
        (["--in", "nowhere/*"], set()),
    ],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_filters_limit_the_documents(citebot, library, command, flags, documents):
    found = parse(citebot(command, QUESTION, *library.flags, "--json", "--top", "9", *flags))
    passages = found if command == "search" else found["quotes"]
    assert {passage["document"] for passage in passages} == documents


def test_piped_the_answer_is_alone_on_the_first_line_without_escape_codes(citebot, library):
    answer = parse(citebot("ask", QUESTION, *library.flags, "--json", "--threshold", "0"))
    done = citebot("ask", QUESTION, *library.flags, "--threshold", "0")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, lines[0]) == (0, "", answer["answer"])
    assert f"quote: {answer['quotes'][0]['text']}" in done.stdout
    assert "  title: Fire at the station" in lines and "  2023-10-03" in lines
    assert "\x1b" not in done.stdout


def test_without_an_index_it_is_built_first_and_that_is_said_on_stderr(citebot, library, tmp_path):
    done = citebot("ask", QUESTION, "--docs", library.docs, "--json")
    assert parse(done)["quotes"]
    assert done.stderr.splitlines()[0] == f"no index in .citebot yet: building it from {library.docs}"
    assert (tmp_path / ".citebot").is_dir()


def test_flags_win_over_the_environment_and_that_over_the_env_file(citebot, library, tmp_path):
    (tmp_path / ".env").write_text(f"CITEBOT_DOCS={library.docs}\nCITEBOT_INDEX=nowhere\nCITEBOT_THRESHOLD=nonsense\n")
    env = {"CITEBOT_INDEX": str(library.index)}
    answer = parse(citebot("ask", QUESTION, "--json", "--threshold", "1", env=env))
    assert not answer["answered"] and answer["quotes"]


@pytest.mark.parametrize("command", [["ask", "Who?"], ["search", "fire"], ["index"], ["chat"]])
def test_a_missing_folder_is_named_and_nothing_is_written(citebot, tmp_path, command):
    done = citebot(*command, "--docs", "no-such-folder")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such-folder" in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_changed_since_the_build_is_reported_on_stderr_alone(citebot, library, tmp_path):
    docs, index = shutil.copytree(library.docs, tmp_path / "docs"), shutil.copytree(library.index, tmp_path / "index")
    (docs / "news/new.txt").write_text("Something new.\n")
    (docs / "essays/bees.txt").unlink()
    done = citebot("ask", QUESTION, "--docs", docs, "--index", index, "--json")
    assert parse(done)["quotes"]
    assert done.stderr == "2 files changed since the index was built: run `citebot index`\n"


def test_another_docs_folder_than_the_indexs_own_is_reported_with_what_to_do(citebot, library, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/new.txt").write_text("Something new.\n")
    flags = ("--docs", tmp_path / "other", "--index", library.index)
    for command in (("ask", QUESTION), ("status",)):
        done = citebot(*command, *flags)
        told = done.stderr if command[0] == "ask" else done.stdout
        assert f"was built from {library.docs}, not from {tmp_path / 'other'}" in told
        assert "--move" in told and "run `citebot index`" not in told


def test_results_are_utf8_whatever_the_locale(citebot, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "fire.txt").write_text("Yanğını Ağdamdan gələn yanğınsöndürənlər söndürdü 🔥.\n", encoding="utf-8")
    for env in ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1"}):
        answer = parse(citebot("ask", "Yanğını kim söndürdü?", "--docs", docs, "--json", "--threshold", "0", env=env))
        assert answer["question"] == "Yanğını kim söndürdü?"
        assert answer["quotes"][0]["text"] == "Yanğını Ağdamdan gələn yanğınsöndürənlər söndürdü 🔥."


def test_a_question_that_is_not_utf8_is_asked_all_the_same(citebot, library):
    done = citebot("ask", os.fsdecode(b"Who put out the fire \xff\xfe?"), *library.flags, "--json")
    assert parse(done)["question"] == "Who put out the fire \ufffd\ufffd?"


def test_neither_torch_nor_rich_is_loaded_to_answer_a_pipe(program, repository, library, tmp_path):
    command = [program[0], "-X", "importtime", *program[1:], "ask", QUESTION, *library.flags]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(repository)}, capture_output=True, text=True
    )
    assert done.returncode == 0
    loaded = {
        line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "import time:" in line
    }
    assert "qa" in loaded
    assert not loaded & {
        "torch",
        "sentence_transformers",
        "transformers",
        "scipy",
        "sklearn",
        "matplotlib",
        "rich",
        "watchfiles",
    }


def test_a_reader_that_stops_reading_is_no_failure(program, repository, library, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(repository)}
    command = [*program, "search", QUESTION, *library.flags]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(300) == 0


def test_output_that_cannot_be_written_is_a_failure_in_one_line(citebot, library):
    with Path("/dev/full").open("w") as full:
        done = citebot("ask", QUESTION, *library.flags, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "output" in line and "No space left" in line


def test_a_closed_stdout_is_not_a_crash(program, repository, library, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(repository)}
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *program, "ask", QUESTION, *library.flags]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and done.returncode == 0
