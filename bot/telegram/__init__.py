"""The Telegram face: what comes in, what goes out, and everything between an update and an answer."""
