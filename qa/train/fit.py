"""Fit the reader: ``python -m qa.train.fit --data DIR --out DIR``; stop it at any moment and run it again to go on.

What a run depends on is written to ``run.json`` when it starts; checkpoints (weights, optimiser, random state, place in
the data) are written every few minutes by rename, and ``log.csv`` holds the loss and the development scores.
"""

import argparse
import csv
import hashlib
import random
import sys
import time
from functools import partial
from pathlib import Path

import torch

from qa.large.setup import ADAPTERS_NAME
from qa.reading.reader_files import MODEL_NAME
from qa.train.examples import read_sets, split_new_wiki
from qa.train.features import Features, make_batches
from qa.train.low_rank import halve_frozen
from qa.train.mix import make_groups as make_passage_groups
from qa.train.model import SpanModel, span_loss
from qa.train.restore import restore
from qa.train.run import ADAPTER_RATE, BATCH_SIZES, Run, drop_log_after, resume, save, write_facts
from qa.train.score import score_model
from qa.train.sentence_mix import make_sentence_groups
from qa.train.teacher import Teacher, taught_loss

WEIGHTS_NAME = "model.safetensors"
LOG_NAME = "log.csv"
TOLD_EVERY = 25
LIMITS = {
    "passage": {"new_wiki": 6200, "reddit": 2000, "amazon": 2000, "policyqa": 300, "qed": 1263, "qamr": 6000},
    "sentence": {"new_wiki": 6200, "reddit": 5000, "amazon": 4000, "policyqa": 300, "qed": 1263, "qamr": 15_000},
}
"""Examples a set and pass, at most, by what a training text is."""
TAUGHT = 0.7
"""What a teacher weighs beside the labels."""


def main() -> int:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the default mix to train on")
    sets = tuple(LIMITS["sentence"])
    parser.add_argument("--sets", nargs="+", choices=sets, default=sets, help="sets to train on; default: all")
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=1, help="times the windows of a pass are learnt from")
    parser.add_argument("--minutes", type=float, help="end after so long, whatever was read by then")
    parser.add_argument("--windows", choices=tuple(LIMITS), default="passage", help="what a training text is")
    parser.add_argument("--threads", type=int, default=2, help="1 where other work shares the cores")
    parser.add_argument("--body", type=Path, help="folder of another encoder to fit; default: the packaged one")
    parser.add_argument("--adapters", action="store_true", help="learn a few MB beside the body, which stays as it is")
    parser.add_argument(
        "--half",
        action="store_true",
        help="frozen weights multiply in bfloat16: twice as fast where the processor knows it, slower elsewhere",
    )
    parser.add_argument("--peak-rate", type=float, help="peak learning rate; default: by what is learnt")
    parser.add_argument("--batch-size", type=int, help="windows a step; default: by what a training text is")
    parser.add_argument(
        "--limit", nargs="+", default=[], metavar="SET=N", help="examples of a set and pass, at most; 0: none"
    )
    parser.add_argument("--checkpoint-every", type=float, default=Run().checkpoint_every_s, metavar="SECONDS")
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="PATH",
        help="weights to begin with: another run's checkpoint, the folder of an exported reader, or that of adapters",
    )
    parser.add_argument("--teacher", type=Path, help="folder of an exported reader to learn from beside the labels")
    parser.add_argument(
        "--near-negatives", action="store_true", help="negatives from the passages likest to a question"
    )
    arguments = parser.parse_args()
    if arguments.half and not arguments.adapters:
        parser.error("--half goes with --adapters: what is learnt stays in full precision")
    first, body = arguments.start_from, arguments.body
    run = Run(
        peak_rate=arguments.peak_rate or (ADAPTER_RATE if arguments.adapters else Run().peak_rate),
        passes=arguments.passes,
        repeats=arguments.repeats,
        minutes=arguments.minutes,
        threads=arguments.threads,
        checkpoint_every_s=arguments.checkpoint_every,
        windows=arguments.windows,
        batch_size=arguments.batch_size or BATCH_SIZES[arguments.windows],
        start_from=_sha256(_weights_file(first)) if first else None,
        body=_sha256(body / WEIGHTS_NAME) if body else None,
        adapters=arguments.adapters,
        half=arguments.half,
        teacher=_sha256(arguments.teacher / MODEL_NAME) if arguments.teacher else None,
        near_negatives=arguments.near_negatives,
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    limits = {name: int(LIMITS[arguments.windows][name] * arguments.scale) for name in arguments.sets}
    for name, _, most in (one.partition("=") for one in arguments.limit):
        if name not in limits or not most.isdecimal():
            parser.error(f"--limit: {name}={most}; give SET=N with a set among {', '.join(limits)}")
        limits[name] = int(most)
    fit(run, arguments.data, arguments.out, limits, first, body, arguments.teacher)
    return 0


def _weights_file(path: Path) -> Path:
    """Return the file that holds the weights: a checkpoint itself, else that in an exported reader's folder."""
    if path.is_dir():
        names = (MODEL_NAME, ADAPTERS_NAME)
        found = next((path / name for name in names if (path / name).is_file()), None)
        if found is None:
            raise SystemExit(f"{path} holds neither of {', '.join(names)}: give a checkpoint or a reader's folder")
        return found
    return path


def _weights(path: Path) -> dict[str, torch.Tensor]:
    file = _weights_file(path)
    if file.name == MODEL_NAME:
        return restore(path)
    if file.name == ADAPTERS_NAME:
        from safetensors.torch import load_file

        return {name: halves.float() for name, halves in load_file(file).items()}
    return torch.load(file, weights_only=True)["model"]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fit(
    run: Run,
    data: Path,
    out: Path,
    limits: dict[str, int],
    first: Path | None = None,
    body: Path | None = None,
    taught_by: Path | None = None,
) -> SpanModel:
    """Fit a model on the sets in ``data``, resuming from the checkpoint in ``out`` where there is one.

    A run without a checkpoint of its own begins with the weights in ``first``, or the encoder's. The encoder is that in
    the folder ``body``, or the packaged one. ``taught_by`` is the folder of an exported reader.
    """
    from tokenizers import Tokenizer

    from embeddings.encoder.model_source import find_source

    folder = body or Path(find_source().folder)
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.seed)
    write_facts(out, run, limits)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    batches = _batches(run, data, limits, tokenizer)
    model = SpanModel(folder, adapters=run.adapters)
    if run.half:
        halve_frozen(model.body)
    teacher = Teacher(taught_by, tokenizer, run.threads, out / f"taught-{run.teacher[:12]}.npz") if taught_by else None
    optimiser = _optimiser(model, run)
    done, spent = resume(out, model, optimiser)
    if done:
        _tell(f"going on after batch {done}")
        drop_log_after(out / LOG_NAME, done)
    elif first:
        model.load_learnt(_weights(first))
    development = split_new_wiki(data)[1]
    development = random.Random(0).sample(development, min(run.scored, len(development)))
    started = saved = time.monotonic()
    losses: list[float] = []
    model.train()
    for number in range(done, len(batches)):
        elapsed = spent + time.monotonic() - started
        progress = max(number / len(batches), elapsed / (60 * run.minutes) if run.minutes else 0.0)
        if progress >= 1:
            break
        _set_rate(optimiser, run, number, progress)
        losses.append(_step(model, optimiser, batches[number], run.clip, teacher))
        done = number + 1
        if done % TOLD_EVERY == 0:
            mean = sum(losses[-TOLD_EVERY:]) / len(losses[-TOLD_EVERY:])
            _tell(f"{done}/{len(batches)} ({progress:.0%}) loss {mean:.3f}, {elapsed / 60:.1f} min")
        if done % run.score_every == 0:
            _log(out, done, losses[-run.score_every :], *score_model(model, tokenizer, development))
        if time.monotonic() - saved > run.checkpoint_every_s:
            _keep(out, model, optimiser, teacher, done, spent + time.monotonic() - started)
            saved = time.monotonic()
    _keep(out, model, optimiser, teacher, done, spent + time.monotonic() - started)
    if losses:
        _log(out, done, losses[-run.score_every :], *score_model(model, tokenizer, development))
    return model


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _keep(out: Path, model: SpanModel, optimiser, teacher: Teacher | None, done: int, seconds: float) -> None:
    save(out, model, optimiser, done, seconds)
    if teacher:
        teacher.save()


def _batches(run: Run, data: Path, limits: dict[str, int], tokenizer) -> list[list[list[Features]]]:
    """Make the whole order of training from the seed, so that a resumed run sees what it would have seen."""
    random_source = random.Random(run.seed)
    sentence_groups = partial(make_sentence_groups, near=run.near_negatives)
    make_groups = {"passage": make_passage_groups, "sentence": sentence_groups}
    batches = []
    for _ in range(run.passes):
        examples = read_sets(data, limits, random_source)
        groups = make_groups[run.windows](examples, random_source)
        drawn = list(make_batches(groups, tokenizer, run.batch_size, random_source))
        for _ in range(run.repeats):
            batches += random_source.sample(drawn, len(drawn))
    return batches


def _optimiser(model: SpanModel, run: Run) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        [
            {
                "params": [one for one in model.body.parameters() if one.requires_grad],
                "lr": run.peak_rate,
                "peak": run.peak_rate,
            },
            {"params": model.head.parameters(), "lr": run.peak_rate, "peak": run.peak_rate * run.head_factor},
        ],
        weight_decay=0.01,
        fused=True,
    )


def _set_rate(optimiser: torch.optim.Optimizer, run: Run, number: int, progress: float) -> None:
    """Linear warm-up, a plateau, and linear decay to nothing (Hägele et al. 2024)."""
    share = min(1.0, (number + 1) / run.warm_up, (1 - progress) / run.decay)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * share


def tensors_of(windows: list[Features]) -> dict[str, torch.Tensor]:
    """Pad windows into tensors, each a row."""
    longest = max(len(member.ids) for member in windows)
    pad = lambda rows: torch.tensor([row + [0] * (longest - len(row)) for row in rows])  # noqa: E731
    return {
        "input_ids": pad([member.ids for member in windows]),
        "attention_mask": pad([[1] * len(member.ids) for member in windows]),
        "token_type_ids": pad([member.types for member in windows]),
        "starts": torch.tensor([member.start for member in windows]),
        "ends": torch.tensor([member.end for member in windows]),
    }


def _step(
    model: SpanModel,
    optimiser: torch.optim.Optimizer,
    batch: list[list[Features]],
    clip: float,
    teacher: Teacher | None,
) -> float:
    flat, groups = [member for group in batch for member in group], [len(group) for group in batch]
    tensors = tensors_of(flat)
    starts, ends = tensors.pop("starts"), tensors.pop("ends")
    start, end = model(**tensors)
    loss = span_loss(start, end, starts, ends, groups)
    if teacher:
        loss = (1 - TAUGHT) * loss + TAUGHT * taught_loss(
            (start, end), teacher([one for group in batch for one in group]), groups
        )
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimiser.step()
    return float(loss.detach())


def _log(out: Path, batch: int, losses: list[float], exact: float, f1: float) -> None:
    path = out / LOG_NAME
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(["batch", "loss", "exact_match", "f1"])
        writer.writerow([batch, f"{sum(losses) / max(1, len(losses)):.4f}", f"{exact:.4f}", f"{f1:.4f}"])


if __name__ == "__main__":
    sys.exit(main())
