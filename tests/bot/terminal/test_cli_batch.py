"""``citebot ask --batch``: one answer a line, in order, as soon as it is there; a bad line loses nothing else."""

import json
import os
import subprocess

import pytest

from bot.terminal.question_input import read_lines

FIRE = "Who put out the fire at the petrol station?"
BEES = "Who decoded the dance of the honey bee?"


def as_lines(*records) -> str:
    return "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def test_answers_come_in_order_with_the_ids_of_their_questions(citebot, library, tmp_path):
    records = [{"id": str(number), "question": FIRE if number % 2 else BEES} for number in range(6)]
    (tmp_path / "questions.jsonl").write_text(as_lines(*records))
    done = citebot("ask", "--batch", "questions.jsonl", "--json", "--top", "1", "--threshold", "0", *library.flags)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["id"], answer["question"]) for answer in answers] == [
        (one["id"], one["question"]) for one in records
    ]
    assert [answer["quotes"][0]["document"] for answer in answers] == ["essays/bees.txt", "news/fire.txt"] * 3


def test_bad_lines_are_named_and_the_rest_is_answered(citebot, library):
    questions = as_lines(
        {"id": 1, "question": FIRE},
        "",
        "not json",
        {"id": 3},
        '["a", "list"]',
        {"id": "é", "question": BEES, "more": 1},
    )
    done = citebot("ask", "--batch", "-", "--json", *library.flags, input=questions)
    assert done.returncode == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, None, 3, None, "é"]
    assert [bool(answer["quotes"]) for answer in answers] == [True, False, False, False, True]
    *named, last = done.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in named] == ["stdin, line 3", "stdin, line 4", "stdin, line 5"]
    assert "3 lines without a question" in last
    for answer, line in zip(answers[1:4], named, strict=True):
        assert not answer["answered"] and answer["reason"] in line


def test_a_question_that_cannot_be_asked_is_refused_with_the_reason_and_is_no_failure(citebot, library):
    records = [{"id": 1, "question": "  "}, {"id": 2, "question": "why " * 3000}, {"id": 3, "question": FIRE}]
    done = citebot("ask", "--batch", "-", "--json", *library.flags, input=as_lines(*records))
    assert (done.returncode, done.stderr) == (0, "")
    empty, long, good = (json.loads(line) for line in done.stdout.splitlines())
    assert not empty["answered"] and "empty" in empty["reason"] and empty["question"] == "  "
    assert not long["answered"] and "12,000 characters" in long["reason"]
    assert good["quotes"] and good["id"] == 3


def test_each_answer_is_out_before_the_next_question_is_in(program, repository, library, tmp_path):
    command = [*program, "ask", "--batch", "-", "--json", *library.flags]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for number in range(3):
            process.stdin.write(as_lines({"id": number, "question": FIRE}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


def test_a_person_may_read_a_batch_too(citebot, library):
    done = citebot("ask", "--batch", "-", *library.flags, input=as_lines({"question": FIRE}, {"question": BEES}))
    asked = [line for line in done.stdout.splitlines() if line.startswith("question: ")]
    assert (done.returncode, asked) == (0, [f"question: {FIRE}", f"question: {BEES}"])


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(citebot, library, name):
    done = citebot("ask", "--batch", name, "--json", *library.flags)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"citebot: {name} cannot be read") and done.stderr.count("\n") == 1


def test_no_question_is_no_failure_and_builds_nothing(citebot, library, tmp_path):
    done = citebot("ask", "--batch", "-", "--json", "--docs", library.docs, input="\n \n")
    assert (done.returncode, done.stdout) == (0, "")
    assert "holds no question" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'{"question": "caf\xe9"}', "byte 18 (0xe9) is not UTF-8"),
        (b'{"question": NaN}', "NaN"),
        (b'{"id": 1}', 'there is no "question"'),
        (b'{"question": 7}', '"question" is 7'),
        (b'"a string"', '"a string"'),
        (b'{"question": "a"', "not JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b"\x00\x01\xff", "not UTF-8"),
    ],
)
def test_a_line_that_is_no_question_tells_where_and_why(raw, told):
    good, bad = read_lines([b'\xef\xbb\xbf{"question": "What?"}\n', raw + b"\n"], "q.jsonl")
    assert (good.question, good.fault) == ("What?", None)
    assert bad.fault.startswith("q.jsonl, line 2: ") and told in bad.fault and "\n" not in bad.fault
