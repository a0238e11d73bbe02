"""`python -m homeward`, which is what ./homeward hands over to."""

from homeward.cli import main

main()
