"""What audit tells, each event as the end of a sentence that begins with who did it."""

SAID = {
    "audit.bundle_exported": "took a copy of the log, {size} entries",
    "audit.finding_raised": "asked for a second look by the rule {rule}",
    "audit.finding_reviewed": "reviewed a finding: {outcome}",
    "audit.finding_overdue": "told that nobody has reviewed a finding in time",
}
