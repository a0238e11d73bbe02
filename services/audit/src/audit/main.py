"""The audit service, declared: what it copies, what it publishes, what it answers."""

from pathlib import Path

from audit.api import api
from audit.checking import gaps
from audit.checking import view as checking_view
from audit.checking.keep import keep_checking, keep_order
from audit.domain import registry
from audit.findings import view as findings_view
from audit.findings.watch import keep_watching
from audit.log import table
from audit.log.files import LogFiles
from audit.log.publish import Publisher
from audit.log.signer import Signer
from audit.log.witnesses import Witnesses, read_policy
from events.io.serve import Running, serve
from events.service import Copy, Service

POLICY = "policy"
"""The file in the service's folder that says which witnesses are asked (c2sp.org/tlog-policy)."""
SOURCES = ("intake", "plans", "vendors", "disbursement", "audit")
"""Every service that emits events, this one included."""


def log_files(running: Running) -> LogFiles:
    """Where the log's files are: what the API reads and the publisher writes."""
    return LogFiles(running.settings.data / "log")


async def publish(running: Running) -> None:
    """Keep the files up to date with the table, for ever."""
    signer = Signer(running.settings.data / "signer", running.clock)
    witnesses = Witnesses(read_policy(running.settings.data / POLICY, signer.keys), running.client)
    publisher = Publisher(running.store.pool, log_files(running), signer, witnesses, running.clock)
    await publisher.run()


service = Service(
    name="audit",
    registry=registry,
    api=api,
    migrations=Path(__file__).parent / "migrations",
    copies=(Copy("log", SOURCES, table.keep, gaps.note),),
    views=(findings_view.view, checking_view.view),
    gateways=log_files,
    tasks=(publish, keep_watching, keep_checking, keep_order),
)

if __name__ == "__main__":
    serve(service)
