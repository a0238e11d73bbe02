"""What an operator does to a running copy: its addresses, put before the operator's commands.

Who may read the data folder is taken for an operator, and for whom `--by` names.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from homeward import folder
from homeward.processes import CannotStart

REMAKE = "remake"


def command(
    path: Path, service: str, words: Sequence[str]
) -> tuple[Sequence[str], Mapping[str, str]]:
    """The Python module that does it, with its arguments, and what its environment says."""
    found = folder.operator(path)
    databases, nats = found.get("databases", {}), found.get("nats", {})
    if service not in databases:
        raise CannotStart(
            f"There is no service {service} with a history. There is: {', '.join(databases)}."
        )
    if list(words) == [REMAKE]:
        return ("events.io.bus", "--remake", service), {
            "HOMEWARD_NATS_URL": nats["url"],
            "HOMEWARD_NATS_ADMIN_PASSWORD": nats["password"],
        }
    return ("events.io.operate", *words), {
        "HOMEWARD_DATABASE_URL": databases[service],
        "HOMEWARD_OPERATE_AS": f"./homeward operate {service}",
    }


def rebuild(path: Path, view: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """The module that has a view made again, and what its environment says. `CannotStart`."""
    from homeward.generate import declared  # noqa: PLC0415  imports every service

    databases = folder.operator(path).get("databases", {})
    known = [(name, each.name) for name in databases for each in declared(name).views]
    meant = [each for each in known if view in (each[1], ".".join(each))]
    if not meant:
        names = ", ".join(f"{service}.{name}" for service, name in known)
        raise CannotStart(f"There is no view {view}. There is: {names}.")
    if len(meant) > 1:
        names = ", ".join(f"{service}.{name}" for service, name in meant)
        raise CannotStart(f"Several services have a view {view}. Say which: {names}.")
    [(service, name)] = meant
    return ("events.io.rebuild", service, name), {"HOMEWARD_DATABASE_URL": databases[service]}


def screening(path: Path, words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """The module that loads a sanctions list, and what its environment says."""
    address = folder.operator(path).get("databases", {})["vendors"]
    return ("vendors.screening.load", *words), {"HOMEWARD_DATABASE_URL": address}


def export(path: Path, words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """The module that exports a grant, and what its environment says."""
    address = folder.operator(path).get("databases", {})["disbursement"]
    return ("disbursement.exports.command", *words), {"HOMEWARD_DATABASE_URL": address}


def rates(path: Path, words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """The module that loads exchange rates, and what its environment says."""
    address = folder.operator(path).get("databases", {})["disbursement"]
    return ("disbursement.rates.load", *words), {"HOMEWARD_DATABASE_URL": address}


def audit(path: Path, words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """The module that exports the log or draws a sample, and what its environment says."""
    address = folder.operator(path).get("databases", {})["audit"]
    return ("audit.exports.command", *words), {
        "HOMEWARD_DATABASE_URL": address,
        "HOMEWARD_DATA": str(path / "files" / "audit"),
        "HOMEWARD_SERVICE_URLS": json.dumps(folder.state(path)["addresses"]),
    }
