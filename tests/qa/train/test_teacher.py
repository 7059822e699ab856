"""Learning from a larger reader: the same pieces, the divergence by hand, and a run that comes nearer to it."""

import json
import math
import subprocess
import sys

import pytest
import torch
from tokenizers import Tokenizer, models

from qa.train.fit import CHECKPOINT
from qa.train.model import SHARED_WEIGHT
from qa.train.teacher import TEMPERATURE, Teacher, matching_ids, taught_loss


def tokenizer(*pieces: str) -> Tokenizer:
    return Tokenizer(models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token=pieces[1]))


def test_pieces_are_matched_by_what_they_say():
    student = tokenizer("[PAD]", "[UNK]", "[CLS]", "[SEP]", "fire", "##s")
    teacher = tokenizer("<s>", "<unk>", "<pad>", "</s>", "##s", "[UNK]", "fire")
    assert matching_ids(student, teacher).tolist() == [2, 1, 0, 3, 6, 4]


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


def test_a_run_comes_nearer_to_its_teacher(run, body):
    taught = run("--passes", "10", "--adapters", "--peak-rate", "0.02") / CHECKPOINT
    out = run("--passes", "40", "--teacher", taught, "--teacher-body", body)
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert len(facts["teacher"]) == 64 and facts["near_negatives"]
    from qa.train.model import SpanModel

    ids = torch.randint(1000, 2000, (4, 30), generator=torch.Generator().manual_seed(0))
    types = (torch.arange(30) > 8).long().expand(4, 30)
    tensors = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": types}
    teacher = Teacher(taught, body, Tokenizer.from_file(str(body / "tokenizer.json")))
    student, other = SpanModel(body), SpanModel(body)
    student.load_learnt(torch.load(out / CHECKPOINT, weights_only=True)["model"])
    with torch.inference_mode():
        after, before = (taught_loss(one(**tensors), teacher(tensors), [1] * 4) for one in (student, other))
    assert after < before
