"""Finding who is on a sanctions list: `./homeward bench screening [--json] [FIGURE ...]`."""

from bench.figures.screening import (
    names_per_second,
    recall_alias_at_1pct,
    recall_alias_at_5pct,
    recall_script_at_1pct,
    recall_script_at_5pct,
)
from bench.figures.taking import Figures, take

FIGURES: Figures = {
    "recall_alias_at_1pct": recall_alias_at_1pct,
    "recall_alias_at_5pct": recall_alias_at_5pct,
    "recall_script_at_1pct": recall_script_at_1pct,
    "recall_script_at_5pct": recall_script_at_5pct,
    "names_per_second": names_per_second,
}

if __name__ == "__main__":
    take("screening", FIGURES, says=__doc__, rounds=1)
