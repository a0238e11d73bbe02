"""What docker-compose.yml needs and no repository may hold: passwords, keys, permissions."""

import base64
import os
import secrets
import shutil
from pathlib import Path

from events.io.bus.permissions import ADMIN
from homeward import log, nats, postgres
from homeward.enrolment import enrol
from homeward.processes import CannotStart
from homeward.stack import STORED

FOLDER = ".homeward-compose"
NODES = ("nats-1", "nats-2", "nats-3")


def prepare(home: Path) -> Path:
    """Make the folder that docker-compose.yml mounts. `CannotStart` when there is one already."""
    folder = home / FOLDER
    if folder.exists():
        raise CannotStart(
            f"{folder} is there already, and the containers' data was made with what is in it.\n"
            "To begin anew: docker compose down --volumes, delete the folder, run this again."
        )
    made = folder.with_suffix(".new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    bus = {user: secrets.token_urlsafe(24) for user in (ADMIN, *STORED)}
    clients = enrol(made / "issuer").clients
    databases = {name: postgres.words() for name in (*STORED, postgres.SCRATCH)}
    variables = {
        "HOMEWARD_USER": f"{os.getuid()}:{os.getgid()}",
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        **{f"{user.upper()}_NATS_PASSWORD": word for user, word in bus.items()},
        **{f"{name.upper()}_CLIENT_SECRET": clients[name] for name in STORED},
        **{f"{name.upper()}_VAULT_KEY": _key() for name in STORED},
        "INTAKE_BLIND_INDEX_KEY": _key(),
        **{
            f"{name.upper()}_{role.upper()}_PASSWORD": word
            for name, roles in databases.items()
            for role, word in roles.items()
        },
    }
    sql = "\n".join(postgres.database_sql(name, roles) for name, roles in databases.items())
    config = nats.config(
        Path("/jetstream"), bus, listen="0.0.0.0:4222", monitor="127.0.0.1:8222", nodes=NODES
    )
    vkey = log.prepare_signer(made / "signer")
    witness = log.prepare_witness(made / "witness", vkey)
    log.write_policy(made / "policy", vkey, witness, "http://witness:8080")
    (made / "env").write_text("".join(f"{name}={word}\n" for name, word in variables.items()))
    (made / "databases.sql").write_text(sql)
    (made / "nats.conf").write_text(config)
    made.rename(folder)
    return folder


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
