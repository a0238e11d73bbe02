"""Documents on file here: who put one there, and who read one."""

from events import documents


class DocumentKept(documents.DocumentKept, frozen=True, tag="disbursement.document_kept.v1"):
    """A document is on file: sealed, under its SHA-256."""


class DocumentRead(documents.DocumentRead, frozen=True, tag="disbursement.document_read.v1"):
    """Somebody was given a document about a person or a vendor."""
