"""What audit tells, each event as the end of a sentence that begins with who did it."""

SAID = {
    "audit.bundle_exported": "took a copy of the log, {size} entries",
    "audit.grant_bundle_exported": "took what is of the grant {grant} out of the log",
    "audit.export_made": "exported {cut_off} entries of the log as {form}",
    "audit.sample_drawn": "drew a sample out of {cut_off} entries of the log",
    "audit.protected_read": "read what is protected: {entries} entries of the log, by {what}",
    "audit.confidential_read": "read what is told in confidence: {shown} by {what}",
    "audit.finding_raised": "asked for a second look by the rule {rule}",
    "audit.finding_named_cash": "asked for a second look at the cash {cash}",
    "audit.finding_reviewed": "reviewed a finding: {outcome}",
    "audit.finding_overdue": "told that nobody has reviewed a finding in time",
    "audit.difference_found": "found that the store of {service} is not what the log has: {kind}",
    "audit.unstored_entry_found": "found an entry in the name of {service} that it never told",
    "audit.difference_cleared": "found that the store of {service} is what the log has again",
    "audit.difference_repaired": "wrote anew what was not what the log has, of {service}",
    "audit.forged_entry_refused": "refused an entry in the name of {service} that is not its own",
    "audit.source_gap_found": "found that entries of {service} had not come, after {after}",
    "audit.source_gap_healed": "found that the entries of {service} had come after all",
    "audit.period_drawn_up": "drew up {period}, over {size} entries",
    "audit.period_closed": "closed {period}, over {size} entries",
    "audit.replay_performed": "had views of {scope} made again from the log's {size} entries",
}
