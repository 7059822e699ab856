"""``python -m bot`` is the ``citebot`` command."""

import sys

from bot.terminal.cli import main

sys.exit(main())
