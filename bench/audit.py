"""The log's figures: `./homeward bench audit [--json] [FIGURE ...]`."""

from bench.figures.log_resident import resident_mib
from bench.figures.receipts import proof_ms, receipt_p99_ms
from bench.figures.sequencing import sequence_and_tile_per_second
from bench.figures.taking import Figures, take
from bench.figures.trail import trail_query_p99_ms
from bench.figures.verifying import verify_1m_s, verify_bundle_1m_s

FIGURES: Figures = {
    "sequence_and_tile_per_second": sequence_and_tile_per_second,
    "receipt_p99_ms": receipt_p99_ms,
    "proof_ms": proof_ms,
    "resident_mib": resident_mib,
    "trail_query_p99_ms": trail_query_p99_ms,
    "verify_1m_s": verify_1m_s,
    "verify_bundle_1m_s": verify_bundle_1m_s,
}

if __name__ == "__main__":
    take("audit", FIGURES, says=__doc__)
