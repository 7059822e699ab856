"""Draw a conversation as people see it, from the messages that the real program sends to the fake Bot API.

    python benchmarks/pictures/bot_picture.py PICTURE.png [QUESTION …]

Needs `chromium` on the path, and Pillow, which comes with the plot extra. Text, entities and keyboards are taken from
the recorded messages; only the colours are ours.
"""

import html
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/bot/telegram"), str(ROOT / "benchmarks/cost")]

from bot_load import build  # noqa: E402 - in another folder of the benchmarks, the others in the tests' folder
from fake_api.people import Person, bot_messages, person, wait_text  # noqa: E402
from fake_api.server import BotApiServer  # noqa: E402
from running_bot import PROGRAM, start_process  # noqa: E402

QUESTIONS = ("hi", "Who put out the fire?", "Where was the explosion?", "What is the boiling point of tungsten?")
WIDTH, SCALE = 520, 2
TAGS = {"bold": "b", "italic": "i", "text_link": "u"}
STYLE = """
body { margin: 0; background: #c8d8c0; font: 15px/1.35 "DejaVu Sans", "Noto Color Emoji", sans-serif; padding: 14px; }
.bubble { max-width: 82%; width: fit-content; border-radius: 14px; padding: 8px 12px; margin: 4px 0; }
.bubble { white-space: pre-wrap; overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002; }
.me { background: #e3fdd0; margin-left: auto; }
.bot { background: #fff; }
blockquote { margin: 5px 0; padding: 5px 10px; background: #eaf3fb; border-left: 3px solid #3b8ed0; }
u { color: #2a78b8; text-decoration: none; }
.keys { width: 82%; display: grid; gap: 4px; margin: 3px 0 12px; }
.row { display: flex; gap: 4px; }
.key { flex: 1; text-align: center; background: #6f8f6acc; color: #fff; border-radius: 8px; padding: 6px; }
.key { font-size: 14px; }
"""


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "docs").symlink_to(ROOT / "seeds")
        build(folder)
        page = folder / "page.html"
        page.write_text(
            f"<meta charset=utf-8><style>{STYLE}</style>{conversation(folder, sys.argv[2:] or QUESTIONS)}",
            encoding="utf-8",
        )
        draw(page, folder / "raw.png")
        shrink(folder / "raw.png", Path(sys.argv[1]))


def conversation(folder: Path, questions: Sequence[str]) -> str:
    """Have the conversation with the program; returns it as HTML."""
    with BotApiServer() as api:
        alice = person(api, 1, "Alice")
        process = start_process(api, folder, PROGRAM)
        try:
            return "".join(part for question in questions for part in exchange(api, alice, question))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def exchange(api: BotApiServer, alice: Person, question: str) -> list[str]:
    """One question and its answer; of the last refusal also what its button shows."""
    answer = alice.ask(question, timeout=120)
    parts = [f'<div class="bubble me">{html.escape(question)}</div>', drawn(answer)]
    if "couldn't find an answer" in answer["text"]:
        alice.press(answer, "Closest passages")
        wait_text(api, alice.id, answer["message_id"], "Not an answer")
        parts.append(
            f'<div class="bubble me">(presses “Closest passages”)</div>{drawn(bot_messages(api, alice.id)[-1])}'
        )
    return parts


def drawn(message: dict) -> str:
    """A message of the bot as HTML: its entities as tags, its keyboard below."""
    marks = []
    for number, entity in enumerate(message["entities"]):
        tag = TAGS.get(entity["type"], "blockquote")
        marks.append((entity["offset"], 1, number, f"<{tag}>"))
        marks.append((entity["offset"] + entity["length"], 0, -number, f"</{tag}>"))
    raw, at, out = message["text"].encode("utf-16-le"), 0, []
    for offset, _, _, tag in sorted(marks):
        out += [html.escape(raw[2 * at : 2 * offset].decode("utf-16-le")), tag]
        at = offset
    out.append(html.escape(raw[2 * at :].decode("utf-16-le")))
    text = "".join(out).replace("\n<blockquote>", "<blockquote>").replace("</blockquote>\n", "</blockquote>")
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join(f'<div class="row">{"".join(map(key, row))}</div>' for row in rows)
    return f'<div class="bubble bot">{text}</div><div class="keys">{keys}</div>'


def key(button: dict) -> str:
    return f'<div class="key">{html.escape(button["text"])}</div>'


def draw(page: Path, picture: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium on the path: install Debian's package `chromium`")
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--force-device-scale-factor={SCALE}"]
    size = f"--window-size={WIDTH},2400"
    command = [chromium, *options, size, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def shrink(raw: Path, picture: Path) -> None:
    """Cut off the empty end of the window and reduce to 64 colours."""
    from PIL import Image, ImageChops

    image = Image.open(raw).convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((2, 2)))
    box = ImageChops.difference(image, ground).getbbox()
    image.crop((0, 0, image.width, box[3] + 14 * SCALE)).quantize(24).save(picture, optimize=True)


if __name__ == "__main__":
    main()
