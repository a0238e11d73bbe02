"""The bank's files and the budget: `./homeward bench money [--json] [FIGURE ...]`."""

from bench.figures.bank import camt053_10000_s, pain001_10000_s
from bench.figures.hot_line import hot_line_vs_spread
from bench.figures.taking import Figures, take

FIGURES: Figures = {
    "pain001_10000_s": pain001_10000_s,
    "camt053_10000_s": camt053_10000_s,
    "hot_line_vs_spread": hot_line_vs_spread,
}

if __name__ == "__main__":
    take("money", FIGURES, says=__doc__, rounds=3)
