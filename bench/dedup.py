"""Finding people who are in the books twice: `./homeward bench dedup [--json] [FIGURE ...]`."""

from bench.figures.deciding import merged_without_a_person
from bench.figures.importing import import_rows_per_second
from bench.figures.matching import dedup_multiscript_f1, dedup_public_f1, lookup_p99_ms
from bench.figures.taking import Figures, take

FIGURES: Figures = {
    "dedup_public_f1": dedup_public_f1,
    "dedup_multiscript_f1": dedup_multiscript_f1,
    "lookup_p99_ms": lookup_p99_ms,
    "import_rows_per_second": import_rows_per_second,
    "merged_without_a_person": merged_without_a_person,
}

if __name__ == "__main__":
    take("dedup", FIGURES, says=__doc__, rounds=3)
