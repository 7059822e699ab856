"""Settings come from the environment, then from .env, and each wrong one is told in one clear line."""

from pathlib import Path

import pytest

from bot.settings import SETTINGS, Settings, given, read_settings, unknown_variables
from embeddings.errors import CitebotError

TOKEN = "123456789:AAHsecretSECRETsecretSECRETsecretSEC"


def load_settings(environ, cwd):
    settings, complaints = read_settings(environ, cwd)
    for complaint in complaints:
        raise complaint.error
    return settings


@pytest.fixture
def env_file(tmp_path):
    def write(text, encoding="utf-8"):
        (tmp_path / ".env").write_text(text, encoding=encoding)
        return tmp_path

    return write


def test_nothing_set_gives_the_promised_defaults(tmp_path):
    settings = load_settings({}, tmp_path)
    assert (settings.docs, settings.index) == (Path("seeds"), Path(".citebot"))
    assert (settings.encoder, settings.reader, settings.threshold) == (None, None, None)
    assert settings.telegram_api_url == "https://api.telegram.org/bot"
    assert (settings.telegram_token, settings.telegram_allowed, settings.telegram_admins) == (
        None,
        frozenset(),
        frozenset(),
    )
    assert (settings.webhook_url, settings.webhook_secret) == (None, None)


def test_every_setting_of_the_contract_is_read(tmp_path):
    environ = {
        "CITEBOT_DOCS": "/srv/news",
        "CITEBOT_INDEX": "/srv/index",
        "CITEBOT_ENCODER": "all-mpnet-base-v2",
        "CITEBOT_READER": "models/mine",
        "CITEBOT_THRESHOLD": "0.25",
        "CITEBOT_TELEGRAM_TOKEN": TOKEN,
        "CITEBOT_TELEGRAM_API_URL": "http://127.0.0.1:8081/bot",
        "CITEBOT_TELEGRAM_ALLOWED": "11, -10022 33",
        "CITEBOT_TELEGRAM_ADMINS": "11",
        "CITEBOT_WEBHOOK_URL": "https://bot.example.org/hook",
        "CITEBOT_WEBHOOK_SECRET": "a-b_C9",
        "CITEBOT_WEBHOOK_PORT": "8080",
    }
    settings = load_settings(environ, tmp_path)
    assert (settings.docs, settings.index) == (Path("/srv/news"), Path("/srv/index"))
    assert (settings.encoder, settings.reader, settings.threshold) == ("all-mpnet-base-v2", Path("models/mine"), 0.25)
    assert (settings.telegram_token, settings.telegram_api_url) == (TOKEN, "http://127.0.0.1:8081/bot")
    assert (settings.telegram_allowed, settings.telegram_admins) == ({11, -10022, 33}, {11})
    assert (settings.webhook_url, settings.webhook_secret) == ("https://bot.example.org/hook", "a-b_C9")
    assert settings.webhook_port == 8080


def test_the_environment_wins_over_the_env_file_and_a_flag_over_both(env_file):
    cwd = env_file("CITEBOT_DOCS=from_file\nCITEBOT_INDEX=from_file\nCITEBOT_READER=from_file\n")
    environ = {"CITEBOT_DOCS": "from_environment", "CITEBOT_INDEX": "from_environment"}
    settings, complaints = read_settings(environ, cwd, {"docs": Path("from_flag")})
    assert tuple(map(str, (settings.docs, settings.index, settings.reader))) == (
        "from_flag",
        "from_environment",
        "from_file",
    )
    assert complaints == []


def test_a_flag_wins_over_a_value_that_cannot_be_read(tmp_path):
    settings, complaints = read_settings({"CITEBOT_THRESHOLD": "abc"}, tmp_path, {"threshold": 0.0})
    assert (settings.threshold, complaints) == (0.0, [])


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_value_counts_as_not_set(env_file, empty):
    cwd = env_file("CITEBOT_READER=models/mine\nCITEBOT_THRESHOLD=\n")
    settings = load_settings({"CITEBOT_READER": empty}, cwd)
    assert (settings.reader, settings.threshold) == (Path("models/mine"), None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CITEBOT_THRESHOLD", "abc"),
        ("CITEBOT_THRESHOLD", "1.5"),
        ("CITEBOT_THRESHOLD", "nan"),
        ("CITEBOT_TELEGRAM_ALLOWED", "11, @somebody"),
        ("CITEBOT_TELEGRAM_ADMINS", "1.5"),
        ("CITEBOT_TELEGRAM_API_URL", "api.telegram.org"),
        ("CITEBOT_WEBHOOK_URL", "bot.example.org"),
        ("CITEBOT_WEBHOOK_PORT", "70000"),
        ("CITEBOT_DOCS", "~nobody-of-that-name/news"),
    ],
)
def test_a_wrong_value_is_reported_with_setting_value_and_what_is_expected(tmp_path, variable, value):
    with pytest.raises(CitebotError) as failure:
        load_settings({variable: value}, tmp_path)
    line = str(failure.value)
    assert variable in line and value in line and "expected" in line and "\n" not in line


def test_no_secret_is_ever_shown(tmp_path):
    settings = load_settings({"CITEBOT_TELEGRAM_TOKEN": TOKEN, "CITEBOT_WEBHOOK_SECRET": "hush-hush"}, tmp_path)
    assert TOKEN not in repr(settings) and "hush" not in repr(settings)
    with pytest.raises(CitebotError) as failure:
        load_settings({"CITEBOT_WEBHOOK_SECRET": "hush hush!"}, tmp_path)
    assert "CITEBOT_WEBHOOK_SECRET" in str(failure.value) and "hush" not in str(failure.value)


def test_all_wrong_settings_are_found_and_those_of_the_bot_are_marked(tmp_path):
    environ = {"CITEBOT_THRESHOLD": "high", "CITEBOT_WEBHOOK_PORT": "0", "CITEBOT_READER": "models/mine"}
    settings, complaints = read_settings(environ, tmp_path)
    assert [complaint.bot_only for complaint in complaints] == [False, True]
    assert settings == Settings(reader=Path("models/mine"))


def test_an_env_file_may_be_quoted_exported_commented_and_begin_with_a_mark(env_file):
    cwd = env_file(
        "# mine\nexport CITEBOT_DOCS='my news'\nCITEBOT_INDEX=\"an index\" # here\nOTHER=1\nCITEBOT_READER=$HOME\n",
        "utf-8-sig",
    )
    settings = load_settings({}, cwd)
    assert tuple(map(str, (settings.docs, settings.index, settings.reader))) == ("my news", "an index", "$HOME")


def test_a_line_of_the_env_file_that_is_none_is_named_and_left_out(env_file, caplog):
    cwd = env_file("CITEBOT_READER=models/mine\nwhat is this\n")
    assert load_settings({}, cwd).reader == Path("models/mine")
    assert ".env, line 2" in caplog.text


def test_an_env_file_that_is_not_utf8_is_refused_by_name(tmp_path):
    (tmp_path / ".env").write_bytes(b"CITEBOT_DOCS=\xff\xfe\n")
    with pytest.raises(CitebotError, match=r"\.env cannot be read \(it is not UTF-8\)"):
        load_settings({}, tmp_path)


def test_a_folder_called_env_is_no_settings_file(tmp_path):
    (tmp_path / ".env").mkdir()
    assert load_settings({}, tmp_path) == Settings()


def test_a_mistyped_variable_is_found(env_file):
    cwd = env_file("CITEBOT_TRESHOLD=0.5\nCITEBOT_READER=models/mine\n")
    assert unknown_variables(given({"CITEBOT_DOX": "news", "PATH": "/bin"}, cwd)) == ["CITEBOT_DOX", "CITEBOT_TRESHOLD"]


def test_each_setting_fills_a_field_of_its_own():
    fields = [setting.field for setting in SETTINGS]
    assert sorted(fields) == sorted(Settings.__dataclass_fields__)
