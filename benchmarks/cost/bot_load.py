"""The bot under load: the real program with the real engine, over HTTP, against the fake Bot API of the tests.

python benchmarks/cost/bot_load.py chats      50 chats ask at once: everyone answered, p95, event loop lag
python benchmarks/cost/bot_load.py flood      the same with one chat flooding: the others' p95 and that of a quiet one
python benchmarks/cost/bot_load.py memory     resident memory after 1,000 updates and after 20,000
python benchmarks/cost/bot_load.py cold       process start to the first answer, and `import sentence_transformers`
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/bot/telegram")]

from fake_api.people import bot_messages, person  # noqa: E402 - in the tests' folder
from fake_api.server import BotApiServer  # noqa: E402
from running_bot import PROGRAM, start_process  # noqa: E402

QUESTIONS = (
    "Who put out the fire?",
    "Where was the explosion?",
    "Who said the UN mission would visit Karabakh again?",
    "Through which organization was medical evacuation organized?",
    "What is the boiling point of tungsten?",
)
ROUNDS = 3
CHATS = 50
MEMORY_AT = (1000, 5000, 10_000, 20_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["chats", "flood", "memory", "cold"])
    parser.add_argument("--runs", type=int, default=5, help="cold starts (the median is printed)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "docs").symlink_to(ROOT / "seeds")
        build(Path(folder))
        load = os.getloadavg()[0]
        result = {"chats": chats, "flood": flood, "memory": memory, "cold": cold}[arguments.what](
            Path(folder), arguments.runs
        )
    result |= {"cores": os.cpu_count(), "load_average_before": round(load, 1)}
    print(json.dumps(result, indent=1))


def build(folder: Path) -> None:
    command = [sys.executable, "-m", "bot", "index", "--docs", folder / "docs", "--index", folder / "index"]
    subprocess.run(command, check=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)


@contextmanager
def running(api: BotApiServer, folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen, int]]:
    """The program, warm: it has answered once. Yields it and its metrics port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start_process(api, folder, PROGRAM, CITEBOT_METRICS_PORT=str(port), **settings)
    try:
        person(api, 1, "Warm").ask(QUESTIONS[0], timeout=120)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def all_ask(api: BotApiServer, people: list) -> list[float]:
    """Everyone asks at once; returns the seconds each waited for the answer."""
    started: dict[int, float] = {}
    seen = {somebody.id: len(bot_messages(api, somebody.id)) for somebody in people}
    for number, somebody in enumerate(people):
        started[somebody.id] = time.time()
        somebody.say(QUESTIONS[number % len(QUESTIONS)])
    api.wait(lambda: all(len(bot_messages(api, s.id)) > seen[s.id] for s in people), 120)
    arrived: dict[int, list[float]] = {}
    for call in list(api.world.calls):
        if call.method == "sendMessage" and call.ok:
            arrived.setdefault(call.chat_id, []).append(call.at)
    return [arrived[somebody.id][seen[somebody.id]] - started[somebody.id] for somebody in people]


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, p95 and the worst, in seconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return {
        "median_s": round(statistics.median(seconds), 3),
        "p95_s": round(cuts[18], 3),
        "max_s": round(max(seconds), 3),
    }


def loop_health(port: int) -> dict[str, float]:
    """The event loop's largest delay so far, and its longest own computation between two probes, in milliseconds."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        found = re.findall(r"^citebot_event_loop_(\w+)_max_seconds (\S+)", answer.read().decode(), re.MULTILINE)
    return {f"event_loop_{name}_max_ms": round(1000 * float(value), 1) for name, value in found}


def chats(folder: Path, _runs: int) -> dict:
    with BotApiServer() as api, running(api, folder) as (process, port):
        people = [person(api, 1000 + number, f"P{number}") for number in range(CHATS)]
        rounds = [all_ask(api, people) for _ in range(ROUNDS)]
        return {
            "chats": CHATS,
            "questions": CHATS * ROUNDS,
            "answered": sum(len(waits) for waits in rounds),
            "refused_by_the_api": len(api.refusals()),
            **spread([seconds for waits in rounds for seconds in waits]),
            **loop_health(port),
            "torch_loaded": "torch" in Path(f"/proc/{process.pid}/maps").read_text(),
        }


def flood(folder: Path, _runs: int) -> dict:
    """One chat sends 20 questions of 900 and 4,096 characters before each round of the others."""
    with BotApiServer() as api, running(api, folder, CITEBOT_LIMIT_USER="12", CITEBOT_LIMIT_CHAT="30") as (_, port):
        people = [person(api, 1000 + number, f"P{number}") for number in range(CHATS - 1)]
        mallory = person(api, 66, "Mallory")
        quiet, loud = [], []
        for number in range(ROUNDS):
            quiet += all_ask(api, people[:20])
            for length in (900, 4096) * 10:
                mallory.say(f"{number} {QUESTIONS[0]} ".ljust(length, "x"))
            loud += all_ask(api, people[20:40])
        before, after = spread(quiet), spread(loud)
        return {
            "quiet": before,
            "beside_a_flood": after,
            "p95_ratio": round(after["p95_s"] / before["p95_s"], 2),
            "messages_to_the_flooder": len(bot_messages(api, mallory.id)),
            **loop_health(port),
        }


def memory(folder: Path, _runs: int) -> dict:
    """Questions, small talk and commands of 200 people, a hundred at a time; the first thousand warm all caches."""
    said = (*QUESTIONS, *("hi", "thanks", "/status", "/sources", "???", "what's new?") * 7)
    resident, sent = {}, 0
    limits = {"CITEBOT_LIMIT_USER": "0", "CITEBOT_LIMIT_CHAT": "0"}
    with BotApiServer() as api, running(api, folder, **limits) as (process, port):
        people = [person(api, 2000 + number, f"P{number}") for number in range(200)]
        for wanted in MEMORY_AT:
            while sent < wanted:
                for somebody in people[sent % 200 : sent % 200 + 100]:
                    somebody.say(said[(sent + somebody.id) % len(said)])
                    sent += 1
                api.wait(lambda: not api.world.updates, 120)
                while waiting(port):
                    time.sleep(0.1)
                api.run(lambda world: world.calls.clear())
            resident[wanted] = round(resident_mb(process.pid), 1)
    first, last = resident[MEMORY_AT[0]], resident[MEMORY_AT[-1]]
    return {"resident_mb_after": resident, "ratio": round(last / first, 3), "wanted": "at most 1.2"}


def waiting(port: int) -> float:
    """Questions that wait for their answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return float(re.search(r"^citebot_waiting_questions (\S+)", answer.read().decode(), re.MULTILINE)[1])


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)[1]) / 1024


def cold(folder: Path, runs: int) -> dict:
    """Start and import in turn, so that a busy machine affects both alike."""
    starts, imports = [], []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import sentence_transformers"], check=True, capture_output=True)
        imports.append(time.perf_counter() - began)
        with BotApiServer() as api:
            asker = person(api, 1, "Asker")
            asker.say(QUESTIONS[0])
            began = time.perf_counter()
            process = start_process(api, folder, PROGRAM)
            api.wait(lambda api=api: bot_messages(api, 1), 120)
            starts.append(time.perf_counter() - began)
            process.send_signal(signal.SIGTERM)
            process.wait(15)
    start, imported = statistics.median(starts), statistics.median(imports)
    return {
        "start_to_first_answer_s": round(start, 2),
        "import_sentence_transformers_s": round(imported, 2),
        "ratio": round(start / imported, 2),
        "runs": runs,
    }


if __name__ == "__main__":
    main()
