"""Learning from a larger reader: the same pieces, the divergence by hand, and a run that comes nearer to it."""

import json
import math
import subprocess
import sys

import pytest
import torch
from tokenizers import Tokenizer, models

from qa.train.export import export
from qa.train.features import Features
from qa.train.fit import tensors_of
from qa.train.model import SHARED_WEIGHT, SpanModel
from qa.train.run import CHECKPOINT
from qa.train.teacher import TEMPERATURE, Teacher, matching_ids, taught_loss

pytestmark = pytest.mark.filterwarnings("ignore")  # of the export's making


def tokenizer(*pieces: str, unknown: str | None = None) -> Tokenizer:
    numbered = {piece: number for number, piece in enumerate(pieces)}
    return Tokenizer(models.WordPiece(numbered, unk_token=unknown or pieces[1]))


def test_pieces_are_matched_by_what_they_say():
    student = tokenizer("[PAD]", "[UNK]", "[CLS]", "[SEP]", "fire", "##s")
    teacher = tokenizer("<s>", "<unk>", "<pad>", "</s>", "##s", "[UNK]", "fire", unknown="[UNK]")
    # This teacher's own tokenizer writes [UNK], though it has a <unk>, too.
    assert matching_ids(student, teacher) == [2, 5, 0, 3, 6, 4]


def test_a_teacher_that_cuts_words_otherwise_is_refused():
    student = tokenizer("[PAD]", "[UNK]", "[CLS]", "[SEP]", "fire", "##s")
    with pytest.raises(SystemExit, match=r"lacks 1 pieces of the student's, '##s' first"):
        matching_ids(student, tokenizer("[PAD]", "[UNK]", "[CLS]", "[SEP]", "fire"))


def divergence(mine: list[float], other: list[float]) -> float:
    def softmax(logits):
        powers = [math.exp(logit / TEMPERATURE) for logit in logits]
        return [power / sum(powers) for power in powers]

    pairs = zip(softmax(other), softmax(mine), strict=True)
    return TEMPERATURE**2 * sum(q * math.log(q / p) for q, p in pairs)


def test_who_thinks_as_the_teacher_does_has_nothing_to_learn():
    logits = (torch.randn(3, 7), torch.randn(3, 7))
    assert taught_loss(logits, logits, [2, 1]).item() == pytest.approx(0, abs=1e-5)


def test_the_divergence_is_within_each_passage_and_over_all_of_a_question():
    mine, other = [[1.0, 2.0, 0.0], [0.5, 0.0, 1.0]], [[0.0, 3.0, 0.0], [2.0, 0.0, 0.0]]
    pair = (torch.tensor(mine), torch.tensor(mine)), (torch.tensor(other), torch.tensor(other))
    within = (divergence(mine[0], other[0]) + divergence(mine[1], other[1])) / 2
    together = divergence([2.0, 0.0, 0.0, 1.0], [3.0, 0.0, 0.0, 0.0])
    assert taught_loss(*pair, [2]).item() == pytest.approx(within + SHARED_WEIGHT * together, rel=1e-4)
    assert taught_loss(*pair, [1, 1]).item() == pytest.approx(within, rel=1e-4)


@pytest.fixture(scope="module")
def run(repository, data, body, tmp_path_factory):
    """Fit; return the folder of the run."""

    def fit(*more):
        out = tmp_path_factory.mktemp("run")
        command = [sys.executable, "-m", "qa.train.fit", "--data", data, "--out", out, "--body", body, "--threads", "1"]
        command += ["--sets", "new_wiki", "--windows", "sentence", "--near-negatives", *more]
        done = subprocess.run(map(str, command), cwd=repository, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return out

    return fit


@pytest.fixture
def exported(body, tmp_path):
    """Export a network; return the folder of the reader."""

    def write(model):
        folder = tmp_path / f"reader{len(list(tmp_path.iterdir()))}"
        export(model.eval(), body / "tokenizer.json", folder, windows="sentence", quantised=False)
        return folder

    return write


def windows(*lengths: int) -> list[Features]:
    source = torch.Generator().manual_seed(0)
    ids = [torch.randint(1000, 2000, (length,), generator=source).tolist() for length in lengths]
    return [Features(one, [0] * 9 + [1] * (len(one) - 9), 0, 0) for one in ids]


def test_windows_of_any_length_get_the_reader_s_own_logits(exported, body, tmp_path):
    model = SpanModel(body, attention="eager")
    asked = windows(30, 12, 21)
    pieces = Tokenizer.from_file(str(body / "tokenizer.json"))
    seen = Teacher(exported(model), pieces, 2, tmp_path / "said.npz")(asked)
    with torch.inference_mode():
        wanted = model(**{name: rows for name, rows in tensors_of(asked).items() if name not in ("starts", "ends")})
    for mine, others in zip(seen, wanted, strict=True):
        assert mine.shape == (3, 30)
        assert torch.allclose(mine, others, atol=1e-2)


def test_what_was_said_is_remembered_and_not_asked_again(exported, body, tmp_path):
    pieces, memory = Tokenizer.from_file(str(body / "tokenizer.json")), tmp_path / "said.npz"
    first = Teacher(exported(SpanModel(body, attention="eager")), pieces, 1, memory)
    said = first(windows(30, 12))
    first.save()
    other = SpanModel(body, attention="eager")
    torch.nn.init.ones_(other.head.bias)
    second = Teacher(exported(other), pieces, 1, memory)
    assert torch.equal(torch.stack(second(windows(30, 12))), torch.stack(said))
    (unheard, _) = second(windows(30, 12, 40)[2:])
    assert unheard.shape == (1, 40)


def test_a_run_comes_nearer_to_its_teacher(run, exported, body, tmp_path):
    model = SpanModel(body, attention="eager")
    learnt = run("--passes", "10", "--peak-rate", "0.02") / CHECKPOINT
    model.load_learnt(torch.load(learnt, weights_only=True)["model"])
    folder = exported(model)
    out = run("--passes", "8", "--repeats", "5", "--teacher", folder)
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert len(facts["teacher"]) == 64 and facts["near_negatives"] and facts["repeats"] == 5
    teacher = Teacher(folder, Tokenizer.from_file(str(body / "tokenizer.json")), 1, tmp_path / "said.npz")
    asked = windows(30, 30, 30, 30)
    tensors = {name: rows for name, rows in tensors_of(asked).items() if name not in ("starts", "ends")}
    student, other = SpanModel(body), SpanModel(body)
    student.load_learnt(torch.load(out / CHECKPOINT, weights_only=True)["model"])
    with torch.inference_mode():
        after, before = (taught_loss(one(**tensors), teacher(asked), [1] * 4) for one in (student, other))
    assert after < before
