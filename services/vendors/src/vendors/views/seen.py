"""Who looks at what is listed."""

from datetime import datetime

from events.values import Code, PersonId

SeenBy = tuple[PersonId, Code | None, datetime]
"""Who looks, at the cases of which organisation (None: of any), and when."""
