"""The faces of citebot: the command line and Telegram."""
