"""Settings: the environment's ``CITEBOT_…`` variables, then a ``.env`` file in the working directory, then defaults.

A flag of the command line wins over both: its variable is then not even read.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from embeddings.child_process import SETTINGS_PREFIX
from embeddings.errors import CitebotError
from embeddings.postgres.address import Database, is_database

log = logging.getLogger("citebot")

DEFAULT_DOCS = Path("seeds")
DEFAULT_INDEX = Path(".citebot")
DEFAULT_API_URL = "https://api.telegram.org/bot"


def as_path(text: str) -> Path:
    """Read the name of a file or folder; ``~`` is the home folder.

    Raises:
        ValueError: there is no such home folder, or no file can have that name.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    if "\0" in text:
        raise ValueError("a name with a NUL in it")
    return path


def as_place(text: str) -> Path | Database:
    """Read where an index is: a folder, or the address of a database.

    Raises:
        ValueError: no file can have that name.
    """
    return Database(text) if is_database(text) else as_path(text)


def _number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _ids(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.replace(",", " ").split())


def _yes_or_no(text: str) -> bool:
    answers = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    if text.lower() not in answers:
        raise ValueError(text)
    return answers[text.lower()]


def _http_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text


def _secret(text: str) -> str:
    if not 1 <= len(text) <= 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in text):
        raise ValueError("…")
    return text


def _setting(
    default: Any,
    read: Callable[[str], Any],
    expected: str,
    meaning: str,
    *,
    secret: bool = False,
    bot_only: bool = True,
) -> Any:
    """Declare a field of ``Settings``; see ``Setting``. Its variable is its name in capitals after ``CITEBOT_``."""
    facts = {"read": read, "expected": expected, "meaning": meaning, "secret": secret, "bot_only": bot_only}
    return field(default=default, repr=not secret, metadata=facts)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Secrets stay out of the repr."""

    docs: Path = _setting(
        DEFAULT_DOCS,
        as_path,
        "a folder",
        "The folder of articles; by default the one that the index was built from, or ``seeds`` for a new index.",
        bot_only=False,
    )
    index: Path | Database = _setting(
        DEFAULT_INDEX,
        as_place,
        "a folder, or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        "The folder of the index, or the address of a PostgreSQL database that holds it (see docs/deploy.md).",
        bot_only=False,
    )
    encoder: str | None = _setting(
        None,
        str,
        "a sentence-transformers name or folder",
        "The model that encodes passages and questions; by default the packaged all-MiniLM-L6-v2. Another model "
        "needs a new index.",
        bot_only=False,
    )
    reader: Path | None = _setting(
        None,
        Path,
        "the folder of an exported reader",
        "The model that finds answers in passages; by default the packaged one.",
        bot_only=False,
    )
    threshold: float | None = _setting(
        None,
        _number(float, 0, 1),
        "a number from 0 to 1",
        "Confidence below which a question is refused; by default the reader's own.",
        bot_only=False,
    )
    cache: Path | None = _setting(
        None,
        as_path,
        "a folder",
        "Where exported encoders (about 25 MB each) are cached; by default ``$XDG_CACHE_HOME/citebot`` or "
        "``~/.cache/citebot``.",
        bot_only=False,
    )
    telegram_token: str | None = _setting(
        None,
        str,
        "the token BotFather gave",
        "Needed only by ``citebot bot``; never written to a log or to the index.",
        secret=True,
    )
    telegram_api_url: str = _setting(
        DEFAULT_API_URL,
        _http_address,
        "an http or https address ending in /bot",
        "Address of the Bot API: Telegram's, or that of a local or test server.",
    )
    telegram_allowed: frozenset[int] = _setting(
        frozenset(),
        _ids,
        "user and chat ids, whole numbers separated by commas",
        "User and chat ids with access (ids of groups are negative); by default everyone. In private chats and inline, "
        "the user must be listed; in a group, the group, since everyone in it reads the answer.",
    )
    telegram_admins: frozenset[int] = _setting(
        frozenset(),
        _ids,
        "user ids, whole numbers separated by commas",
        "User ids of the admins, who may index and add files, and have access in private chats; by default nobody.",
    )
    webhook_url: str | None = _setting(
        None,
        _http_address,
        "an http or https address",
        "Public address of the webhook; by default the bot uses long polling.",
    )
    webhook_secret: str | None = _setting(
        None,
        _secret,
        "1 to 256 letters, digits, _ and -",
        "Secret that Telegram sends with each update; by default one is derived from the token.",
        secret=True,
    )
    webhook_port: int = _setting(
        8443,
        _number(int, 1, 65_535),
        "a port number from 1 to 65535",
        "Local port the webhook listens on.",
    )
    webhook_listen: str = _setting(
        "127.0.0.1",
        str,
        "a local address",
        "Local address the webhook listens on: keep the default behind a proxy; 0.0.0.0 in a container.",
    )
    webhook_cert: Path | None = _setting(
        None,
        as_path,
        "a PEM file",
        "PEM certificate, if the bot terminates TLS itself; by default a proxy does.",
    )
    webhook_key: Path | None = _setting(
        None,
        as_path,
        "a PEM file",
        "PEM key of that certificate.",
    )
    metrics_port: int | None = _setting(
        None,
        _number(int, 1, 65_535),
        "a port number from 1 to 65535",
        "Local port for /healthz and /metrics; by default they are off.",
    )
    metrics_listen: str = _setting(
        "127.0.0.1",
        str,
        "a local address",
        "Local address for /healthz and /metrics: 0.0.0.0 in a container.",
    )
    log_questions: bool = _setting(
        False,
        _yes_or_no,
        "yes or no",
        "Keep the text of questions that got a 👎; otherwise no question is ever written to disk.",
    )
    limit_user: float = _setting(
        12.0,
        _number(float, 0, 10_000),
        "a number of questions a minute, 0 to 10000",
        "Questions a minute for one person; 0 means no limit.",
    )
    limit_chat: float = _setting(
        30.0,
        _number(float, 0, 10_000),
        "a number of questions a minute, 0 to 10000",
        "Questions a minute in one chat; 0 means no limit.",
    )
    news_a_day: int = _setting(
        10,
        _number(int, 0, 1000),
        "a whole number from 0 to 1000",
        "Messages a day to one chat about new articles it watches for (``/watch``); the rest wait until the next day.",
    )
    bot_workers: int = _setting(
        2,
        _number(int, 1, 64),
        "a whole number from 1 to 64",
        "Threads in which the bot answers questions.",
    )

    @property
    def own_folder(self) -> Path:
        """Where the bot keeps its own files: in the index folder, if the index is one."""
        return self.index if isinstance(self.index, Path) else DEFAULT_INDEX


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: which field it sets, how its text is read, and which values it accepts."""

    variable: str
    field: str
    read: Callable[[str], Any]
    expected: str
    meaning: str
    """What it sets and its default, in words, for ``--help`` and docs/settings.md."""
    secret: bool
    """Whether its value is never shown."""
    bot_only: bool
    """Whether only the Telegram bot uses it."""


SETTINGS = tuple(Setting(SETTINGS_PREFIX + one.name.upper(), one.name, **one.metadata) for one in fields(Settings))


@dataclass(frozen=True, slots=True)
class Complaint:
    """A setting with an invalid value."""

    error: CitebotError
    bot_only: bool
    """Whether only the Telegram bot uses it."""


def read_settings(
    environ: Mapping[str, str], cwd: Path, flags: Mapping[str, object] | None = None
) -> tuple[Settings, list[Complaint]]:
    """Read the settings, and list the invalid ones, which get their defaults. An empty value counts as not set.

    ``flags`` are given by field name.

    Raises:
        CitebotError: ``.env`` cannot be read.
    """
    found = given(environ, cwd)
    values: dict[str, Any] = dict(flags or {})
    complaints = []
    for setting in SETTINGS:
        text = found.get(setting.variable, "")
        if not text or setting.field in values:
            continue
        try:
            values[setting.field] = setting.read(text)
        except ValueError:
            seen = "a value that is not shown" if setting.secret else repr(text)
            line = f"the setting {setting.variable} has {seen}, expected {setting.expected}: correct it"
            complaints.append(Complaint(CitebotError(line), setting.bot_only))
    return Settings(**values), complaints


def given(environ: Mapping[str, str], cwd: Path) -> dict[str, str]:
    """Return citebot's variables that are set, by environment or ``.env``, with surrounding space stripped.

    Raises:
        CitebotError: ``.env`` cannot be read.
    """
    found = {}
    for source in (read_env_file(cwd / ".env"), environ):
        found |= {
            name: value.strip() for name, value in source.items() if name.startswith(SETTINGS_PREFIX) and value.strip()
        }
    return found


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return the names that are no setting's, most likely mistyped."""
    return sorted(set(names) - {setting.variable for setting in SETTINGS})


def read_env_file(path: Path) -> dict[str, str]:
    """Return the names and values of a ``.env`` file, {} if there is none. Values are taken literally.

    Lines that are not NAME=value are skipped with a warning.

    Raises:
        CitebotError: it cannot be read, or is not UTF-8.
    """
    # Without the file, a start costs only a stat: python-dotenv is imported only if there is one.
    # A folder of that name may be a virtual environment.
    if not path.is_file():
        return {}
    from dotenv.parser import parse_stream

    try:
        with path.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise CitebotError(f"the settings file {path} cannot be read ({why}): correct it or move it away") from error
    for binding in bindings:
        if binding.error:
            log.warning("%s, line %d is not NAME=value: skipped", path, binding.original.line)
    return {binding.key: binding.value or "" for binding in bindings if binding.key}
