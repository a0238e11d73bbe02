"""Settings: one frozen object, read once from the environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


class BadSettings(ValueError):
    """The environment does not say what the console needs. The message says what."""


@dataclass(frozen=True)
class Settings:
    """What the console is told by its environment. It has no secret of its own."""

    host: str
    port: int
    issuer_url: str
    service_urls: Mapping[str, str]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        names = ("HOMEWARD_BIND", "HOMEWARD_ISSUER_URL", "HOMEWARD_SERVICE_URLS")
        missing = [name for name in names if not environment.get(name)]
        if missing:
            raise BadSettings(f"The console cannot start without {', '.join(missing)}.")
        bind, issuer, urls = (environment[name] for name in names)
        host, _, port = bind.rpartition(":")
        if not port.isdecimal():
            raise BadSettings(f"HOMEWARD_BIND is {bind!r}; it should be like 127.0.0.1:8480.")
        try:
            services = {str(name): str(url).rstrip("/") for name, url in json.loads(urls).items()}
        except (ValueError, AttributeError):
            raise BadSettings(
                "HOMEWARD_SERVICE_URLS should be a JSON object of addresses."
            ) from None
        return cls(host.strip("[]"), int(port), issuer.rstrip("/"), services)
