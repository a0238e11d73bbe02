"""The audit service, declared: what it copies, what it publishes, what it answers."""

import os
from pathlib import Path

from audit.api import api
from audit.checking import forged, gaps
from audit.checking import view as checking_view
from audit.checking.keep import keep_checking, keep_order
from audit.domain import registry
from audit.exports import view as exports_view
from audit.findings import view as findings_view
from audit.findings.watch import keep_looking_again, keep_watching
from audit.log import table
from audit.log.coming import Coming
from audit.log.files import LogFiles
from audit.log.publish import Publisher
from audit.log.signing import Signing, over_socket
from audit.log.witnesses import Witnesses, read_policy
from audit.replay import view as periods_view
from audit.replay.closing import keep_drawing_up
from audit.settings import signer_socket
from events.io.serve import Running, serve
from events.service import Copy, Service

POLICY = "policy"
"""The file in the service's folder that says which witnesses are asked (c2sp.org/tlog-policy)."""
SOURCES = ("intake", "plans", "vendors", "disbursement", "audit")
"""Every service that emits events, this one included."""


def log_files(running: Running) -> LogFiles:
    """Where the log's files are: what the API reads and the publisher writes. `BadSettings`."""
    signer_socket(os.environ)  # said at once, and not when the first entry waits for a signature
    return LogFiles(running.settings.data / "log")


async def publish(running: Running) -> None:
    """Keep the files up to date with the table, for ever."""
    async with over_socket(signer_socket(os.environ)) as socket:
        signer = Signing(socket)
        policy = read_policy(running.settings.data / POLICY, await signer.keys())
        witnesses = Witnesses(policy, running.client)
        files, view = log_files(running), running.store.pool
        await Publisher(view, files, signer, witnesses, running.clock).run()


service = Service(
    name="audit",
    registry=registry,
    api=api,
    migrations=Path(__file__).parent / "migrations",
    copies=(Copy("log", SOURCES, Coming.of, table.keep, gaps.note, forged.note, gaps.reached),),
    views=(findings_view.view, exports_view.view, checking_view.view, periods_view.view),
    apart={
        **dict.fromkeys(
            ("log_head", "log_entry", "log_finding"),
            "the log itself, and what is found in it as it comes in",
        ),
        **dict.fromkeys(
            ("log_mention", "log_of_case", "log_alone", "log_grant", "log_of_grant"),
            "the indexes of the trail, filled with the log",
        ),
        "finding_read": "the order in which the rules were asked",
        "log_checkpoint": "what the log's signer and its witnesses have signed",
        **dict.fromkeys(
            ("month_scan", "worked_month", "told_afterwards"),
            "how far the log was gone through for its months, and what came when one was over",
        ),
        "store_check": "how the passes over the services' stores went",
        "own_check": "how those over what is kept here went",
        **dict.fromkeys(
            ("source_gap", "source_forged", "event_id_seen"),
            "what the checks have noted",
        ),
    },
    gateways=log_files,
    tasks=(
        publish,
        keep_watching,
        keep_looking_again,
        keep_checking,
        keep_order,
        keep_drawing_up,
    ),
)

if __name__ == "__main__":
    serve(service)
