"""Logs are JSON lines, without secrets."""

import json
import logging

from bot.telegram.operations.logs import JsonLines, redact


def test_logs_are_json_and_blot_out_tokens(api):
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "POST http://h/bot%s/getMe", (api.token,), None)
    record.chat = 5
    entry = json.loads(JsonLines([api.token]).format(record))
    assert entry["event"] == "POST http://h/bot***/getMe"
    assert (entry["level"], entry["chat"]) == ("error", 5)
    try:
        raise ValueError(f"no {api.token}")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), (ValueError, error, error.__traceback__))
    assert api.token not in JsonLines([], debug=True).format(record)
    assert "Traceback" in json.loads(JsonLines([], debug=True).format(record))["traceback"]
    assert redact("bot987654321:AAH-abcdefghijklmnopqrstuvwx") == "bot***"
