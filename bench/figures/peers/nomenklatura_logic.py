"""The peer's side of bench screening: run by a Python that has nomenklatura."""

import json
import sys
from collections import defaultdict

from followthemoney import model
from followthemoney.proxy import EntityProxy
from nomenklatura.matching import LogicV2

COUNT = iter(range(10**9))
CONFIG = LogicV2.default_config() if hasattr(LogicV2, "default_config") else None


def person(names: list[str]) -> EntityProxy:
    """A fresh id each time: scores are cached by it."""
    proxy = model.make_entity("Person")
    proxy.id = f"p{next(COUNT)}"
    for name in names:
        proxy.add("name", name)
    return proxy


def main() -> None:
    asked = json.load(sys.stdin)
    by_entry: dict[str, list[str]] = defaultdict(list)
    for entry, name in asked["listed"]:
        by_entry[entry].append(name)
    listed = {entry: person(names) for entry, names in by_entry.items()}

    def best(name: str, entry: str | None) -> float:
        query = person([name])
        among = listed.values() if entry is None else [listed[entry]] if entry in listed else []
        return max((score(query, each) for each in among), default=0.0)

    answer = {
        "aliases": [best(name, entry) for entry, name in asked["aliases"]],
        "scripts": [best(name, entry) for entry, name in asked["scripts"]],
        "negatives": [best(name, None) for name in asked["negatives"]],
    }
    json.dump(answer, sys.stdout)


def score(query: EntityProxy, other: EntityProxy) -> float:
    return float(LogicV2.compare(query, other, CONFIG).score)


if __name__ == "__main__":
    main()
