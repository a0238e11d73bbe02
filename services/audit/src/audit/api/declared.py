"""The routes' one Api, and how its files are answered."""

from audit.domain.reading import ConfidentialRead
from events.io.http import Api

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_EVER_FOR_ONE = {"Cache-Control": "private, max-age=31536000, immutable"}
"""What only some may read: their own cache keeps it, none that serves others."""
FOR_NOW = {"Cache-Control": "no-cache"}
TEXT = "text/plain; charset=utf-8"

api = Api("audit", read=ConfidentialRead)
