"""The Telegram bot, from an incoming update to the answer sent."""
