"""What importing people measures: `./homeward bench imports [--json] [FIGURE ...]`."""

from bench.figures.importing import import_rows_per_second
from bench.figures.taking import Figures, take

FIGURES: Figures = {"import_rows_per_second": import_rows_per_second}

if __name__ == "__main__":
    take("imports", FIGURES, says=__doc__, rounds=3)
