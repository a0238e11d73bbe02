"""What audit tells, each event as the end of a sentence that begins with who did it."""

SAID = {
    "audit.bundle_exported": "took a copy of the log, {size} entries",
}
