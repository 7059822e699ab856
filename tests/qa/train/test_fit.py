"""Fitting: killed at any moment it goes on, and ends where it would have ended."""

import csv
import json
import signal
import subprocess
import sys
import time

import pytest
import torch

from qa.train.fit import CHECKPOINT


@pytest.fixture
def command(repository, data, body):
    """The command line of a run: one thread, so that two runs do the same."""
    return lambda out, *more: [
        sys.executable, "-m", "qa.train.fit", "--data", str(data), "--out", str(out), "--body", str(body),
        "--sets", "new_wiki", "--windows", "sentence", "--passes", "40", "--threads", "1",
        "--checkpoint-every", "0", *more,
    ]  # fmt: skip


def run(command, repository):
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def weights(out):
    return torch.load(out / CHECKPOINT, weights_only=True)["model"]


def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_been(command, repository, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    run(command(whole), repository)
    process = subprocess.Popen(command(cut), cwd=repository, stderr=subprocess.DEVNULL)
    while not (cut / CHECKPOINT).exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    first = torch.load(cut / CHECKPOINT, weights_only=True)
    said = run(command(cut), repository)
    assert f"going on after batch {first['done']}\n" in said
    wanted = torch.load(whole / CHECKPOINT, weights_only=True)
    assert first["done"] < torch.load(cut / CHECKPOINT, weights_only=True)["done"] == wanted["done"]
    for name, seen in weights(cut).items():
        # Where memory lies after loading may change the last bit of a sum; a step moves weights by 1e-4.
        assert torch.allclose(seen, wanted["model"][name], atol=1e-6), name


def test_a_run_learns_logs_and_says_what_it_was(command, repository, tmp_path):
    run(command(tmp_path / "out", "--adapters"), repository)
    with (tmp_path / "out" / "log.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[-1]) == {"batch", "loss", "exact_match", "f1"}
    assert 0 <= float(rows[-1]["f1"]) <= 1
    facts = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert facts["adapters"] and facts["windows"] == "sentence" and facts["seed"] == 1
    assert all(name.endswith((".a", ".b")) or name.startswith("head.") for name in weights(tmp_path / "out"))


def test_a_run_can_begin_with_the_weights_of_another(command, repository, tmp_path):
    run(command(tmp_path / "one"), repository)
    run(
        command(tmp_path / "two", "--start-from", str(tmp_path / "one" / CHECKPOINT), "--minutes", "1e-9"),
        repository,
    )
    for name, seen in weights(tmp_path / "two").items():
        assert torch.equal(seen, weights(tmp_path / "one")[name]), name
