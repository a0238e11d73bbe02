"""What is made from the code: event catalogue, schemas, API descriptions, golden events."""

import hashlib
import importlib
import json
from collections.abc import Iterator
from pathlib import Path

from audit import verify
from events.catalogue import markdown, sample_entry, schema
from events.registry import Registry
from events.service import Service

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit")
"""The services that emit events."""

PACKED = "services/audit/src/audit/exports/schemas"
"""Where the schemas lie that the audit service puts into each bundle."""


VERIFIER = "services/audit/src/audit/verify.py"
"""What knows each schema of its release by its digest, so that no bundle brings one of its own."""


def declared(name: str) -> Service:
    """The service as its `main` declares it."""
    service = importlib.import_module(f"{name}.main").service
    assert isinstance(service, Service)
    return service


def registries() -> list[Registry]:
    return [declared(name).registry for name in SERVICES]


def documents() -> Iterator[tuple[Path, str]]:
    """Each generated document: its path below the repository, and what it must say."""
    all_of_them = registries()
    verifier = Path(verify.__file__).read_text(encoding="utf-8")
    yield Path("docs/events.md"), markdown(all_of_them)
    for registry in all_of_them:
        text = json.dumps(schema(registry), indent=1, sort_keys=True) + "\n"
        yield Path(f"docs/schemas/{registry.name}.json"), text
        packed = json.dumps(schema(registry), sort_keys=True, separators=(",", ":")) + "\n"
        yield Path(f"{PACKED}/{registry.name}.json"), packed
        verifier = known(verifier, registry.name, packed)
    yield Path(VERIFIER), verifier
    for name in SERVICES:
        text = json.dumps(declared(name).api.description(), indent=1) + "\n"
        yield Path(f"docs/openapi/{name}.json"), text


def known(verifier: str, service: str, packed: str) -> str:
    """The verifier with that schema in place of the one that it knew of the service."""
    before, rest, after = verifier.partition(f'",  # {service}\n')
    digest = hashlib.sha256(packed.encode()).hexdigest()
    return f"{before[: -len(digest)]}{digest}{rest}{after}"


def golden_path(service: str, wire_type: str) -> Path:
    """Where the golden event of a type and version lies, below the repository."""
    return Path(f"services/{service}/tests/golden/{wire_type}.json")


def golden() -> Iterator[tuple[Path, bytes]]:
    """The golden event of each type's present version. Those of older versions just stay."""
    for registry in registries():
        for kind in registry:
            yield golden_path(registry.name, kind.name), sample_entry(registry, kind)


def write(root: Path) -> list[Path]:
    """Bring every generated file up to date; golden events are added, never changed."""
    written = []
    for path, text in documents():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(path)
    for path, entry in golden():
        target = root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(entry)
            written.append(path)
    return written
