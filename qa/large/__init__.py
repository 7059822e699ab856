"""The larger reader: its encoder from packages, our fine-tuning merged in, exported once into the cache."""

from collections.abc import Callable

OnStep = Callable[[int, int, str], None]
"""Told how much of a set-up is done, of how much, and what comes next."""
