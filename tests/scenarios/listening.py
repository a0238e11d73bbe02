"""Every read route of every service, with what is known of one case put into it."""

import json
from collections.abc import Iterator, Mapping

from tests.architecture.tree import ROOT

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit")


def routes(known: Mapping[str, str]) -> Iterator[str]:
    """Those whose path can be filled, each `key` of the trail in turn; filtered by the case too."""
    for service in SERVICES:
        told = json.loads((ROOT / f"docs/openapi/{service}.json").read_text())
        for path, methods in told["paths"].items():
            asked = methods.get("get", {}).get("parameters", ())
            for key in sorted(set(known.values())) if "{key}" in path else ("",):
                filled = path.format_map(_Filled({**known, "key": key}))
                if "get" in methods and "{" not in filled:
                    yield f"{service}{filled}"
                    if any(each["name"] == "case" for each in asked):
                        yield f"{service}{filled}?case={known['case']}"


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
