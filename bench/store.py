"""The store's figures: `./homeward bench store [--json] [FIGURE ...]`."""

from bench.figures.append import append_vs_eventsourcing, append_vs_pgbench
from bench.figures.delivery import cross_service_p99_ms
from bench.figures.http import http_vs_bare
from bench.figures.rebuild import rebuild_vs_decode
from bench.figures.resident import service_resident_mib
from bench.figures.taking import Figures, take

FIGURES: Figures = {
    "append_vs_pgbench": append_vs_pgbench,
    "append_vs_eventsourcing": append_vs_eventsourcing,
    "rebuild_vs_decode": rebuild_vs_decode,
    "http_vs_bare": http_vs_bare,
    "service_resident_mib": service_resident_mib,
    "cross_service_p99_ms": cross_service_p99_ms,
}

if __name__ == "__main__":
    take("store", FIGURES, says=__doc__)
