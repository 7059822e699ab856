"""``citebot bot``: the Telegram bot."""

import argparse

from bot.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the bot until it is stopped."""
    from bot.telegram.app import run as run_bot

    return run_bot(settings, debug=arguments.debug)
