"""Fitting: killed at any moment it goes on, and ends where it would have ended."""

import csv
import json
import signal
import subprocess
import sys
import time

import pytest
import torch

from qa.train.export import export, write_adapters
from qa.train.fit import _batches
from qa.train.run import CHECKPOINT, Run, drop_log_after

pytestmark = pytest.mark.filterwarnings("ignore")  # of the export's making


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


def test_a_run_can_begin_with_the_weights_of_an_exported_reader(command, repository, body, fitted, tmp_path):
    export(fitted, body / "tokenizer.json", tmp_path / "reader", windows="sentence", quantised=False)
    out = tmp_path / "out"
    run(command(out, "--start-from", str(tmp_path / "reader"), "--minutes", "1e-9"), repository)
    for name, seen in weights(out).items():
        assert torch.allclose(seen, fitted.learnt()[name], atol=1e-6), name
    assert len(json.loads((out / "run.json").read_text(encoding="utf-8"))["start_from"]) == 64


def test_adapters_can_be_learnt_further(command, repository, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    run(command(one, "--adapters", "--half"), repository)
    write_adapters(one / CHECKPOINT, tmp_path / "adapters")
    run(command(two, "--adapters", "--start-from", str(tmp_path / "adapters"), "--minutes", "1e-9"), repository)
    for name, seen in weights(two).items():
        assert torch.equal(seen, weights(one)[name].half().float()), name


def test_a_folder_without_weights_is_named(command, repository, tmp_path):
    asked = command(tmp_path / "out", "--start-from", str(tmp_path))
    done = subprocess.run(asked, cwd=repository, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "holds neither of model.onnx, adapters.safetensors: give a checkpoint or a reader's folder\n"
    )


def test_another_run_is_not_taken_for_the_one_begun(command, repository, tmp_path):
    out = tmp_path / "out"
    run(command(out, "--minutes", "1e-9"), repository)
    again = subprocess.run(
        command(out, "--repeats", "2"), cwd=repository, capture_output=True, text=True, timeout=120, check=False
    )
    assert again.returncode == 1
    assert f"{out} holds a run with repeats 1, asked is 2: give the same, or another --out" in again.stderr
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["repeats"] == 1


def test_half_precision_without_adapters_is_wrong_usage(command, repository, tmp_path):
    asked = command(tmp_path / "out", "--half")
    done = subprocess.run(asked, cwd=repository, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and "--half goes with --adapters" in done.stderr


def test_a_log_loses_what_comes_again(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("batch,loss\n300,1.5\n600,1.4\n900,1.3\n")
    drop_log_after(path, 700)
    assert path.read_text() == "batch,loss\n300,1.5\n600,1.4\n"


def test_the_windows_of_a_pass_are_read_again_in_another_order(data, body):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(body / "tokenizer.json"))
    once, thrice = (
        _batches(Run(windows="sentence", batch_size=2, repeats=times), data, {"new_wiki": 100}, tokenizer)
        for times in (1, 3)
    )
    assert len(thrice) == 3 * len(once)
    parts = [thrice[begin : begin + len(once)] for begin in range(0, len(thrice), len(once))]
    assert all(sorted(map(repr, part)) == sorted(map(repr, parts[0])) for part in parts)
    assert parts[0] != parts[1]
