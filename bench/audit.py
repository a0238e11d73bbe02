"""The log's figures: `./homeward bench audit [--json] [FIGURE ...]`."""

from bench.figures.taking import Figures, take
from bench.figures.trail import trail_query_p99_ms

FIGURES: Figures = {
    "trail_query_p99_ms": trail_query_p99_ms,
}

if __name__ == "__main__":
    take("audit", FIGURES, says=__doc__)
