"""A strict Bot API server for tests, over real HTTP."""
