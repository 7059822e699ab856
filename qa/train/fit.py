"""Train the reader further: two teachers and a student that learns from both, in minutes on one GPU.

In (``--data``): train.npz, dev.json.gz, tokenizer.json, as ``qa.train.prepare`` writes them; ``--start`` is the folder
of an exported reader, or a safetensors file. Out (``--out``): reader.safetensors (float16), table.json (the figures of
every network on every set), log.txt. For the last part of the student's time its matrices are rounded as the int8
export rounds them. Weights are written whenever a stage ends with better ones, so that an interrupted run leaves the
best so far.
"""

import argparse
import copy
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qa.train.batches import Features, Producers
from qa.train.from_onnx import read_weights
from qa.train.network import Output, Reader, load_network, save_weights
from qa.train.rounding import round_layers
from qa.train.scoring import Development

BEGAN = time.time()
SHARED_WEIGHT, BINARY_WEIGHT, LIST_WEIGHT = 0.3, 0.3, 0.2
HARD_SHARE = 0.4


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--start", type=Path, required=True, help="folder of an exported reader, or a safetensors file")
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--teacher-s", default="120,120")
    parser.add_argument("--teacher-rates", default="1.0e-4,2.0e-4")
    parser.add_argument("--student-s", type=float, default=215)
    parser.add_argument("--student-rate", type=float, default=1.2e-4)
    parser.add_argument(
        "--deadline",
        type=float,
        default=520,
        help="seconds after which nothing may run: the student's time shrinks to fit",
    )
    parser.add_argument("--tokens", type=int, default=32_000)
    parser.add_argument("--workers", type=int, default=6)
    parser.add_argument("--eval-max", type=int, default=0, help="so many questions of each set; 0: all")
    parser.add_argument("--ema", type=float, default=0.998)
    parser.add_argument("--focus", default="written", help="kinds that are read more often, by commas")
    parser.add_argument("--focus-share", type=float, default=0.25, help="share of the records read (default: 0.25)")
    parser.add_argument("--rounded-share", type=float, default=0.5, help="share of the student's time (default: 0.5)")
    parser.add_argument("--baseline", action="store_true", help="evaluate the start weights and stop")
    parser.add_argument("--log-every", type=int, default=100)
    return parser.parse_args()


class Log:
    """Lines with the time, shown and kept."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def __call__(self, *words: object) -> None:
        """Write one line."""
        line = f"{time.time() - BEGAN:6.1f} " + " ".join(map(str, words))
        print(line, flush=True)
        self._file.write(line + "\n")
        self._file.flush()


# Loss


def by_list(logits: Tensor, group: Tensor, groups: int) -> Tensor:
    """Return the log share of each logit within its group."""
    most = torch.full((groups,), -1e9, device=logits.device).scatter_reduce(0, group, logits.detach(), "amax")
    total = torch.zeros(groups, device=logits.device).scatter_add(0, group, torch.exp(logits - most[group]))
    return logits - most[group] - torch.log(total[group])


def judged_loss(logits: Tensor, right: Tensor, group: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """Return the loss of a relevance logit alone, and among all windows of its question."""
    among = -(by_list(logits, group, groups) * right).sum() / right.sum().clamp(min=1)
    return F.binary_cross_entropy_with_logits(logits, right), among


def shared_loss(logits: Tensor, target: Tensor, right: Tensor, group: Tensor, groups: int) -> Tensor:
    """Return the loss of a start or end among the tokens of all windows of a question."""
    tokens = logits.clone()
    tokens[:, 0] = -1e4
    inside = torch.logsumexp(tokens, 1)
    most = torch.full((groups,), -1e9, device=logits.device).scatter_reduce(0, group, inside.detach(), "amax")
    total = torch.zeros(groups, device=logits.device).scatter_add(0, group, torch.exp(inside - most[group]))
    log_share = tokens.gather(1, target[:, None])[:, 0] - most[group] - torch.log(total[group])
    return -(log_share * right).sum() / right.sum().clamp(min=1)


def hard_loss(out: Output, start: Tensor, end: Tensor, group: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """Return the loss against the labels, and that of the span within its window alone."""
    right = (start > 0).float()
    span = (F.cross_entropy(out.start, start) + F.cross_entropy(out.end, end)) / 2
    shared = (shared_loss(out.start, start, right, group, groups) + shared_loss(out.end, end, right, group, groups)) / 2
    binary, among = judged_loss(out.relevance, right, group, groups)
    return span + SHARED_WEIGHT * shared + BINARY_WEIGHT * binary + LIST_WEIGHT * among, span


def soft_loss(out: Output, teachers: list[Output]) -> Tensor:
    """Return the loss against the mean of the teachers' logits."""
    start, end, relevance = (sum(one[n] for one in teachers) / len(teachers) for n in range(3))

    def away(mine: Tensor, theirs: Tensor) -> Tensor:
        return F.kl_div(F.log_softmax(mine, 1), F.log_softmax(theirs, 1), log_target=True, reduction="batchmean")

    span = away(out.start, start) + away(out.end, end)
    return span + BINARY_WEIGHT * F.binary_cross_entropy_with_logits(out.relevance, torch.sigmoid(relevance))


# Training


def adam(weights: Sequence[nn.Parameter], rate: float, fused: bool = False) -> torch.optim.AdamW:
    """Return AdamW for these weights, without decay on vectors."""
    groups = [
        {"params": [one for one in weights if (one.ndim >= 2) == matrices], "weight_decay": 0.01 * matrices}
        for matrices in (False, True)
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=fused)


class Run:
    """One GPU run: its data, device, log, and the best network so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        options.out.mkdir(parents=True, exist_ok=True)
        self.say = Log(options.out / "log.txt")
        self.cuda = options.device == "cuda"
        features = Features(options.data / "train.npz")
        self.say("records", features.count, "tokens of passages", len(features.ci))
        numbers = features.repeated(set(options.focus.split(",")), options.focus_share)
        self.say("records of", options.focus, "are read", (len(numbers) - features.count), "times more")
        self.producers = None
        if not options.baseline:  # processes are forked before CUDA is touched
            try:
                self.producers = Producers(features, numbers, options.tokens, options.workers, self.cuda)
            except OSError:
                self.say("no processes: batches are packed in a thread", traceback.format_exc())
                self.producers = Producers(features, numbers, options.tokens, 0, self.cuda)
        self.device = torch.device(options.device)
        self.start = read_weights(options.start)
        self.development = Development(options.data / "dev.json.gz", options.data / "tokenizer.json", options.eval_max)
        self.say("development windows", len(self.development.windows))
        if self.cuda:
            torch.backends.cuda.matmul.allow_tf32 = True
            self.say(torch.cuda.get_device_name(), torch.__version__)
        self.table: dict[str, dict] = {}
        self.best_score, self.eval_seconds = -1e9, 12.0

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self.options.deadline - (time.time() - BEGAN)

    def fresh(self, seed: int) -> Reader:
        """Return a network with the start weights."""
        torch.manual_seed(seed)
        return load_network(self.start).to(self.device)

    def evaluate(self, network: Reader, name: str) -> float:
        """Score a network on all sets; write the figures; keep the weights where they are the best."""
        figures = self.development.evaluate(network, self.device)
        self.table[name], self.eval_seconds = figures, figures["seconds"]
        self.say("EVAL", name, json.dumps(figures))
        (self.options.out / "table.json").write_text(json.dumps(self.table, indent=1))
        network.train()
        if figures["score"] > self.best_score and name != "start":
            self.best_score = figures["score"]
            save_weights(network, self.options.out / "reader.safetensors", torch.float16)
            self.say("saved", name)
        return figures["score"]

    def train(
        self,
        network: Reader,
        budget: float,
        rate: float,
        name: str,
        teachers: Sequence[Reader] = (),
        rounded_share: float = 0.0,
    ) -> Reader:
        """Train for so many seconds, from the labels and the teachers, the last of them with rounded matrices.

        Return a copy with the moving mean of the weights.
        """
        network.train()
        learnt = [one for one in network.parameters() if one.requires_grad]
        optimiser = adam(learnt, rate, fused=self.cuda)
        mean = [one.detach().clone() for one in learnt]
        began, step, windows, starved, shown, last_shown = time.time(), 0, 0, 0, None, (0.0, 0)
        while (done := (time.time() - began) / budget) < 1:
            if rounded_share and done >= 1 - rounded_share:
                round_layers(network)
            starved += self.producers.waiting() == 0
            batch, groups = self.producers.get()
            now = rate * min(1, done / 0.06 + 1e-3) * (1 - done)
            for one in optimiser.param_groups:
                one["lr"] = now
            loss, span = self.loss(network, batch, groups, teachers)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(learnt, 1.0)
            optimiser.step()
            step += 1
            windows += len(batch["ids"])
            with torch.no_grad():
                torch._foreach_lerp_(
                    mean, [one.detach() for one in learnt], 1 - min(self.options.ema, (1 + step) / (10 + step))
                )
                shown = span.detach() if shown is None else shown * 0.98 + span.detach() * 0.02
            if step % self.options.log_every == 0:
                spent = time.time() - began
                speed = (windows - last_shown[1]) / max(1e-6, spent - last_shown[0])
                last_shown = spent, windows
                if not torch.isfinite(shown):
                    raise FloatingPointError(f"{name}: the loss is {shown}")
                progress = f"step {step} windows {windows} {speed:.0f}/s span loss {shown:.4f}"
                self.say(f"{name} {progress} rate {now:.2e} starved {starved}")
        loss = f"{shown:.4f}" if shown is not None else ""
        self.say(f"{name} done: steps {step} windows {windows} starved {starved} span loss {loss}")
        averaged = copy.deepcopy(network)
        with torch.no_grad():
            for one, value in zip((p for p in averaged.parameters() if p.requires_grad), mean, strict=True):
                one.copy_(value)
        return averaged

    def loss(
        self, network: Reader, batch: dict[str, Tensor], groups: int, teachers: Sequence[Reader]
    ) -> tuple[Tensor, Tensor]:
        """Return the loss of one batch, and the part for the span alone."""
        ids, places, group = (batch[key].to(self.device, non_blocking=True) for key in ("ids", "places", "group"))
        second, first, lengths, start, end = places.T
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.cuda):
            out = network(ids, second, first, lengths)
        loss, span = hard_loss(out, start, end, group, groups)
        if teachers:
            with torch.no_grad(), torch.autocast(self.device.type, torch.bfloat16, enabled=self.cuda):
                taught = [teacher(ids, second, first, lengths) for teacher in teachers]
            loss = HARD_SHARE * loss + (1 - HARD_SHARE) * soft_loss(out, taught)
        return loss, span

    # Stages

    def teach(self) -> list[Reader]:
        """Train the teachers; one that fails is left out."""
        teachers = []
        budgets, rates = (
            [float(one) for one in text.split(",") if one]
            for text in (self.options.teacher_s, self.options.teacher_rates)
        )
        for number, (budget, rate) in enumerate(zip(budgets, rates, strict=True)):
            try:
                network = self.fresh(number)
                self.train(network, budget, rate, f"teacher {number}")
                self.evaluate(network, f"teacher {number}")
                network.eval().requires_grad_(False)
                teachers.append(network)
            except Exception:
                self.say("FAILED: teacher", number, traceback.format_exc())
        return teachers

    def learn(self, teachers: list[Reader]) -> None:
        """Train the student and choose among it, its moving mean and the mean of all."""
        budget = min(self.options.student_s, self.left() - 3 * (self.eval_seconds + 1.5) - 5)
        self.say("student", f"{budget:.0f} s")
        network = self.fresh(9)
        averaged = self.train(
            network, budget, self.options.student_rate, "student", teachers, self.options.rounded_share
        )
        self.evaluate(averaged, "student, moving mean")
        if self.left() > self.eval_seconds + 3:
            self.evaluate(network, "student")
        if teachers and self.left() > self.eval_seconds + 3:
            self.evaluate(mean_of([*teachers, averaged]), "mean of teachers and student")

    def all(self) -> None:
        """Run all stages."""
        if self.options.baseline:
            self.evaluate(self.fresh(0), "start")
            return
        teachers = self.teach()
        try:
            self.learn(teachers)
        except Exception:
            self.say("FAILED: student", traceback.format_exc())
        self.say("scores", {name: one["score"] for name, one in self.table.items()})
        self.producers.close()


def mean_of(networks: list[Reader]) -> Reader:
    """Return the network whose weights are the mean of these."""
    merged = copy.deepcopy(networks[-1])
    with torch.no_grad():
        for name, one in merged.named_parameters():
            values = [dict(network.named_parameters())[name] for network in networks]
            one.copy_(sum(values) / len(values))
    return merged


if __name__ == "__main__":
    run = Run(parse())
    run.all()
    run.say("end")
    sys.stdout.flush()
    os._exit(0)
