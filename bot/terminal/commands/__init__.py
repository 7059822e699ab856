"""One file a command; ``cli.py`` imports only the one that was asked for."""
