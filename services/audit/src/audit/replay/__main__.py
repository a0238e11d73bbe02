"""`python -m audit.replay`."""

from audit.replay.command import main

main()
