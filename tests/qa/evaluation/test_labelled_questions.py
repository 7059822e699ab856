"""Question files: what is read from each format, and what is said of a bad one."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import CitebotError
from qa.evaluation.labelled_questions import Question, read_questions

untimed = settings(deadline=None)
CONTEXT = "The fire was put out by Azerbaijani firefighters. Nobody slept."
SQUAD_V2 = {
    "version": "v2.0",
    "data": [
        {
            "title": "Fire",
            "paragraphs": [
                {
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "a1",
                            "question": "Who put out the fire?",
                            "is_impossible": False,
                            "answers": [
                                {"text": "Azerbaijani firefighters", "answer_start": 24},
                                {"text": "firefighters", "answer_start": 3},
                                {"text": "brigade", "answer_start": 0},
                            ],
                        },
                        {
                            "id": "a2",
                            "question": "Who lit it?",
                            "is_impossible": True,
                            "answers": [],
                            "plausible_answers": [],
                        },
                    ],
                }
            ],
        }
    ],
}
WHO = Question(
    "a1",
    "Who put out the fire?",
    ("Azerbaijani firefighters", "firefighters", "brigade"),
    CONTEXT,
    "Fire",
    (24, 36, None),
)


def written(folder: Path, content: str | bytes, name: str = "questions.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def message(path: Path) -> str:
    with pytest.raises(CitebotError) as caught:
        read_questions(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text.replace(str(path), "FILE")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_squad_json_is_read_on_one_line_or_many_plain_or_zipped(tmp_path, indent, pack):
    path = written(tmp_path, pack(json.dumps(SQUAD_V2, indent=indent).encode()))

    assert read_questions(path) == [WHO, Question("a2", "Who lit it?", (), CONTEXT, "Fire", ())]


def test_squad_v1_without_is_impossible_or_title_is_read(tmp_path):
    data = {
        "data": [
            {
                "paragraphs": [
                    {"context": CONTEXT, "qas": [{"id": 7, "question": "Who slept?", "answers": [{"text": "Nobody"}]}]}
                ]
            }
        ]
    }

    assert read_questions(written(tmp_path, json.dumps(data))) == [
        Question("7", "Who slept?", ("Nobody",), CONTEXT, None, (50,))
    ]


def test_json_lines_take_every_shape_of_answers(tmp_path):
    lines = [
        {"id": "d01", "question": "Who?", "answers": ["Ilham Aliyev", "Aliyev"]},
        {"question": "Where?", "answers": []},
        {
            "id": 12,
            "question": "What?",
            "answers": {"text": ["fire"], "answer_start": [4]},
            "context": CONTEXT,
            "title": "Fire",
        },
        {"id": "n", "question": "When?", "answers": {"text": [], "answer_start": []}, "context": None},
        {"id": "o", "question": "Which?", "answers": ["Nobody", "The fire"], "context": CONTEXT},
        {"id": "p", "question": "How?", "is_impossible": True},
    ]
    path = written(tmp_path, "\n".join(map(json.dumps, lines)).replace("\n", "\r\n\r\n", 1))

    assert read_questions(path) == [
        Question("d01", "Who?", ("Ilham Aliyev", "Aliyev")),
        Question("line 3", "Where?", ()),
        Question("12", "What?", ("fire",), CONTEXT, "Fire", (4,)),
        Question("n", "When?", ()),
        Question("o", "Which?", ("Nobody", "The fire"), CONTEXT, None, (50, 0)),
        Question("p", "How?", ()),
    ]


def test_a_byte_order_mark_and_line_separators_inside_a_string_do_no_harm(tmp_path):
    question = "Was ist\u2028Tür\x85?"
    path = written(
        tmp_path, b"\xef\xbb\xbf" + json.dumps({"question": question, "answers": []}, ensure_ascii=False).encode()
    )

    assert [q.question for q in read_questions(path)] == [question]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "FILE is empty: expected SQuAD JSON"),
        (" \n\n", "FILE is empty: expected SQuAD JSON"),
        ('{"data": []}', "FILE holds no question: expected SQuAD JSON"),
        (
            '{"question": "Who?", "answers": ["a"]}\n\n{"question": "Who?"',
            "FILE, line 3: not JSON at column 20 (Expecting",
        ),
        ('{"question": "Who?", "answers": ["a"]\n{"question": "Who?"}', "FILE, line 1: not JSON at column 38"),
        ('{\n "data": [\n  {"title": }\n ]\n}', "FILE: not JSON at line 3, column 13"),
        ("Who put out the fire?\n", "FILE: not JSON at line 1, column 1 (Expecting value): expected SQuAD JSON"),
        ('["Who?"]', 'FILE: ["Who?"]: expected SQuAD JSON'),
        ('{"question": "Who?", "answers": []}\n[1]', "FILE, line 2: [1]: expected SQuAD JSON"),
        ('{"answers": []}', 'FILE, line 1: "question" is missing: expected a string'),
        ('{"question": 5, "answers": []}', 'FILE, line 1: "question" is 5: expected a string'),
        ('{"question": " ", "answers": []}', 'FILE, line 1: "question" is empty: expected some text'),
        ('{"question": "\\ud83d?", "answers": []}', 'FILE, line 1: "question" holds half a character (\\ud83d)'),
        ('{"question": "Who?"}', 'FILE, line 1: "answers" is missing: expected a list of strings'),
        ('{"question": "Who?", "answers": "Baku"}', 'FILE, line 1: "answers" is "Baku": expected a list of strings'),
        ('{"question": "Who?", "answers": ["Baku", 3]}', "FILE, line 1, answers[1]: 3: expected a list of strings"),
        ('{"question": "Who?", "answers": [""]}', 'FILE, line 1, answers[0]: "text" is empty'),
        ('{"question": "Who?", "answers": [{"answer_start": 3}]}', 'FILE, line 1, answers[0]: "text" is missing'),
        (
            '{"question": "Who?", "answers": {"text": ["a"], "answer_start": []}}',
            'FILE, line 1, answers: 1 "text" and 0 "answer_start": expected as many of each',
        ),
        ('{"question": "Who?", "answers": {"text": "a"}}', 'FILE, line 1, answers: "text" is "a": expected a list'),
        ('{"question": "Who?", "answers": [], "is_impossible": 1}', '"is_impossible" is 1: expected true or false'),
        (
            '{"question": "Who?", "answers": ["Ali"], "is_impossible": true}',
            '"is_impossible" is true, yet "answers" gives "Ali"',
        ),
        ('{"question": "Who?", "answers": [], "id": true}', '"id" is true: expected a string or a whole number'),
        ('{"question": "Who?", "answers": [], "id": 1.5}', '"id" is 1.5: expected a string or a whole number'),
        (
            '{"question": "Who?", "answers": [], "id": NaN}',
            "FILE, line 1: a number that cannot be read (NaN is not JSON)",
        ),
        (
            '{"question": "Who?", "answers": [], "id": %s}' % ("9" * 5000),
            "FILE, line 1: a number that cannot be read (Exceeds",
        ),
        ('{"question": "Who?", "answers": ' + "[" * 200_000, "FILE, line 1: nested too deep to be read"),
        (
            '{"question": "Who?", "context": "Ali", "answers": [{"text": "Ali", "answer_start": 9999999999999999999}]}',
            'FILE, line 1: "answer_start" is 9999999999999999999: expected 0 to 3',
        ),
        ('{"question": "Who?", "context": "Ali", "answers": [{"text": "Ali", "answer_start": -1}]}', "expected 0 to 3"),
        (
            '{"id": 1, "question": "A?", "answers": []}\n{"id": "1", "question": "B?", "answers": []}',
            'FILE, line 2: the id "1" is already that of FILE, line 1: give each its own',
        ),
        ('{"data": {}}', 'FILE: "data" is {}: expected a list of objects as in SQuAD JSON'),
        ('{"data": [{"title": "x"}]}', 'FILE, data[0]: "paragraphs" is missing'),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', 'FILE, data[0].paragraphs[0]: "context" is missing'),
        (
            '{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "1", "question": "Who?"}]}]}]}',
            'FILE, data[0].paragraphs[0].qas[0]: "answers" is missing',
        ),
    ],
)
def test_a_bad_question_file_is_reported_by_place_and_what_is_wanted(tmp_path, content, said):
    assert said in message(written(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b'{"id": 1, "question": "Who?", "answers": []}\n{"question": "T\xfcr?"}',
            "FILE, line 2: byte 16 (0xfc) is not UTF-8: save",
        ),
        ("{}".encode("utf-16"), "FILE, line 1: byte 1 (0xff) is not UTF-8: save it as UTF-8"),
        (gzip.compress(b'{"question": "Who?"}' * 99, mtime=0)[:-9], "FILE is a damaged gzip file"),
        (b"\x1f\x8bnonsense", "FILE is a damaged gzip file"),
    ],
)
def test_bytes_that_are_no_text_are_reported(tmp_path, content, said):
    assert said in message(written(tmp_path, content))


def test_a_path_that_cannot_be_read_is_reported(tmp_path):
    assert "FILE cannot be read (No such file or directory)" in message(tmp_path / "none.jsonl")
    assert "FILE cannot be read (Is a directory)" in message(tmp_path)


texts = st.text(min_size=1).filter(str.strip)


@untimed
@given(asked=st.lists(st.tuples(texts, st.lists(texts, max_size=3)), min_size=1, max_size=5))
def test_json_lines_come_back_as_written(tmp_path_factory, asked):
    lines = [
        json.dumps({"id": index, "question": q, "answers": a}, ensure_ascii=False) for index, (q, a) in enumerate(asked)
    ]
    path = written(tmp_path_factory.mktemp("lines"), "\n".join(lines))

    assert read_questions(path) == [Question(str(index), q, tuple(a)) for index, (q, a) in enumerate(asked)]


@untimed
@given(content=st.binary(max_size=60) | st.text(alphabet='{}[]",:question \n12', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_one_clear_line(tmp_path_factory, content):
    path = written(tmp_path_factory.mktemp("any"), content)
    try:
        assert read_questions(path)
    except CitebotError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)


@untimed
@given(before=st.text(max_size=20), answer=texts, after=st.text(max_size=20))
def test_starts_point_at_the_answer(tmp_path_factory, before, answer, after):
    context = f"x{before}{answer}{after}"
    record = {"question": "Who?", "context": context, "answers": [{"text": answer, "answer_start": 1 + len(before)}]}
    path = written(tmp_path_factory.mktemp("starts"), json.dumps(record))
    (question,) = read_questions(path)
    assert question.starts == (1 + len(before),)
    assert context[question.starts[0] :].startswith(answer)
