"""docker-compose.yml and the Helm chart: thin, but true."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from helm_python import Chart, HelmError, lint

from audit.domain.note import parse_keys
from audit.domain.policy import Policy
from disbursement.exports.publisher import Publisher
from disbursement.settings import Debtor
from events.io.settings import BadSettings, Settings
from homeward import compose
from homeward.processes import CannotStart
from homeward.stack import SERVICES, STORED
from intake.gateways import blind_index_key

HOME = Path(__file__).parents[3]
CHART = HOME / "deploy/helm/homeward"
OLDEST, NEWEST = "1.29", "1.33"

Manifest = dict[str, Any]


def compose_file() -> Manifest:
    content: Manifest = yaml.safe_load((HOME / "docker-compose.yml").read_text())
    return content


def valid(file: Path) -> bool:
    line = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    run = subprocess.run([sys.executable, "-m", *line], stdout=subprocess.DEVNULL, check=False)
    return run.returncode == 0


def test_the_compose_file_is_one(tmp_path: Path) -> None:
    assert valid(HOME / "docker-compose.yml")
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text((HOME / "docker-compose.yml").read_text().replace("image:", "imgae:"))
    assert not valid(wrong)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `./homeward compose` makes."""
    return compose.prepare(tmp_path_factory.mktemp("compose"))


def test_every_variable_of_the_compose_file_is_made(made: Path) -> None:
    lines = (made / "env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line.partition("=")[2]}
    text = (HOME / "docker-compose.yml").read_text()
    needed = set(re.findall(r"\$\{(\w+)[}:](?!-)", text))
    assert needed
    assert needed - names == set()
    mounted = set(re.findall(r"\./\.homeward-compose/([\w.]+):", text))
    assert mounted == {each.name for each in made.iterdir()} - {"env"}
    with pytest.raises(CannotStart, match="down --volumes"):
        compose.prepare(made.parent)


def test_every_service_is_in_the_compose_file_with_what_it_reads() -> None:
    for name in SERVICES:
        service = compose_file()["services"][name]
        assert service["command"] == ["python", "-m", f"{name}.main"]
        if name in STORED:
            secret = f"${{{name.upper()}_CLIENT_SECRET}}"
            assert service["environment"]["HOMEWARD_CLIENT_SECRET"] == secret


def read_by(name: str) -> set[str]:
    """The variables that the service's code names."""
    sources = [*(HOME / f"services/{name}/src").rglob("*.py")]
    if name in STORED:
        sources.append(HOME / "libs/events/src/events/io/settings.py")
    named = {
        v for each in sources for v in re.findall(r'"(HOMEWARD_[A-Z_]+[A-Z])"', each.read_text())
    }
    return named - {
        "HOMEWARD_VERIFY_AS",
        "HOMEWARD_WITNESS_AS",
        "HOMEWARD_LIVE_DATABASES",
    }  # of programs that are no service


def in_the_image() -> dict[str, str]:
    text = (HOME / "Dockerfile").read_text()
    return dict(re.findall(r"(HOMEWARD_\w+)=(\S+)", text))


def told(service: str, variables: dict[str, str]) -> dict[str, str]:
    """The service's environment as compose makes it of these variables."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1]) or found[2] or ""

    said = compose_file()["services"][service].get("environment", {})
    filled = {n: re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", value, str(v)) for n, v in said.items()}
    return in_the_image() | filled


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_a_service_reads_it_is_told_by_compose_and_by_the_chart(
    chart: Chart, name: str
) -> None:
    manifest = next(
        each
        for each in manifests(chart, {"otlpEndpoint": "http://otel:4318"})
        if each["kind"] == "Deployment" and each["metadata"]["name"] == f"rel-{name}"
    )
    service = manifest["spec"]["template"]["spec"]["containers"][0]
    read = read_by(name)
    assert read
    assert read - told(name, {}).keys() == set()
    assert read - {each["name"] for each in service["env"]} == set()


DEBTOR = {
    "name": "Returns Agency",
    "country": "SK",
    "town": "Kosice",
    "iban": "SK3112000000198742637541",
    "bic": "TATRSKBX",
}
PUBLISHER = {
    "name": "Returns Agency",
    "iati": "XI-EXAMPLE-1",
    "organisation_type": "10",
    "sector": "15190",
    "ocds": "ocds-a1b2c3",
    "home": "https://returns.example/open",
}


@pytest.mark.parametrize("name", STORED)
def test_what_compose_makes_is_what_the_services_take(made: Path, name: str) -> None:
    lines = (made / "env").read_text().splitlines()
    env = {key: value for key, _, value in (line.partition("=") for line in lines)}
    as_made = told(name, env)
    settings = Settings.read(name, as_made)
    assert (settings.earlier_epoch_keys, settings.trace_ratio) == ((), 1)
    before = {f"{name.upper()}_EARLIER_VAULT_KEYS": env[f"{name.upper()}_VAULT_KEY"]}
    changing = Settings.read(name, told(name, env | before))
    assert changing.earlier_epoch_keys == (settings.epoch_key,)
    if name == "intake":
        assert blind_index_key(as_made) != settings.epoch_key
    if name == "disbursement":
        assert Debtor.read(as_made) == Debtor()
        own = told(name, env | {"HOMEWARD_DEBTOR": json.dumps(DEBTOR)})
        assert Debtor.read(own).town == "Kosice"
        assert Publisher.read(as_made) == Publisher()
        own = told(name, env | {"HOMEWARD_PUBLISHER": json.dumps(PUBLISHER)})
        assert Publisher.read(own).iati == "XI-EXAMPLE-1"


def test_a_key_that_is_not_there_keeps_intake_from_starting(made: Path) -> None:
    with pytest.raises(BadSettings, match="HOMEWARD_BLIND_INDEX_KEY"):
        blind_index_key(told("intake", {}))


def test_the_chart_takes_keys_from_the_services_own_secret(chart: Chart) -> None:
    keys: dict[str, dict[str, Any]] = {}
    for manifest in manifests(chart):
        if manifest["kind"] == "Deployment":
            service = manifest["spec"]["template"]["spec"]["containers"][0]
            for each in service["env"]:
                if "valueFrom" in each:
                    ref = each["valueFrom"]["secretKeyRef"]
                    assert ref["name"] == manifest["metadata"]["name"]
                    keys.setdefault(ref["key"], {})[ref["name"]] = ref.get("optional", False)
    assert keys["blind-index-key"] == {"rel-intake": False}
    assert keys["debtor"] == {"rel-disbursement": False}
    assert keys["earlier-vault-keys"] == {f"rel-{name}": True for name in STORED}
    values = (CHART / "values.yaml").read_text()
    assert all(key in values for key in keys)


def test_the_compose_nats_is_a_cluster_that_syncs_always(made: Path) -> None:
    config = json.loads((made / "nats.conf").read_text())
    assert config["jetstream"]["sync_interval"] == "always"
    assert len(config["cluster"]["routes"]) == 3
    users = {each["user"]: each for each in config["accounts"]["homeward"]["users"]}
    assert users["plans"]["permissions"]["publish"]["allow"][0] == "ev.plans.>"


@pytest.fixture(scope="module")
def chart() -> Iterator[Chart]:
    with Chart.load(str(CHART)) as loaded:
        yield loaded


def manifests(chart: Chart, values: Manifest | None = None) -> list[Manifest]:
    rendered = chart.render(values or {}, name="rel", namespace="homeward")
    return [
        document
        for name, text in rendered.items()
        if name.endswith(".yaml")
        for document in yaml.safe_load_all(text)
        if document
    ]


def test_the_chart_is_well_made() -> None:
    assert lint(str(CHART), strict=True, kube_version=f"v{NEWEST}.0").get("errors", []) == []


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ingress": {"enabled": True, "className": "nginx"}, "otlpEndpoint": "http://otel:4318"},
        {"networkPolicy": {"enabled": False}, "imagePullSecrets": [{"name": "registry"}]},
    ],
)
def test_what_it_renders_is_what_kubernetes_takes(
    chart: Chart, values: Manifest, version: str
) -> None:
    made = manifests(chart, values)
    for manifest in made:
        kubernetes_validate.validate(manifest, version, strict=True)
    deployed = [each["metadata"]["name"] for each in made if each["kind"] == "Deployment"]
    assert sorted(deployed) == sorted(f"rel-{name}" for name in SERVICES)


def test_a_misspelt_key_would_be_seen(chart: Chart) -> None:
    deployment = next(each for each in manifests(chart) if each["kind"] == "Deployment")
    deployment["spec"]["replcias"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, NEWEST, strict=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": {"intake": {"replicas": "two"}}},
        {"services": {"intak": {"replicas": 2}}},
        {"natsUrl": "http://nats"},
        {"replicaCount": 3},
        {"traceRatio": 2},
    ],
)
def test_wrong_values_are_refused(chart: Chart, wrong: Manifest) -> None:
    with pytest.raises(HelmError):
        manifests(chart, wrong)


def test_only_what_migrates_is_told_who_owns_the_tables(chart: Chart) -> None:
    for name, each in compose_file()["services"].items():
        if "_OWNER_PASSWORD" in str(each.get("environment")):
            assert (name, each["command"][-1]) == ("schema", "events.io.migration")
    for manifest in manifests(chart):
        if manifest["kind"] == "Deployment" and "console" not in manifest["metadata"]["name"]:
            pod = manifest["spec"]["template"]["spec"]
            [schema], service = pod["initContainers"], pod["containers"][0]
            assert "migration-database-url" in str(schema["env"])
            assert "migration-database-url" not in str(service["env"])


def test_the_services_to_migrate_are_those_with_a_database() -> None:
    owners = compose_file()["services"]["schema"]["environment"]
    assert set(json.loads(owners["HOMEWARD_MIGRATION_DATABASE_URLS"])) == set(STORED)


POLICY = "witness donor donor.example/w+0a1b2c3d+AAAA https://donor.example/\nquorum donor\n"


def test_the_logs_keys_are_where_the_logs_service_is_not(chart: Chart) -> None:
    """In the chart and in compose: other volumes, another account, one socket between them."""
    deployed = {(each["kind"], each["metadata"]["name"]): each for each in manifests(chart)}
    pod = deployed["Deployment", "rel-audit"]["spec"]["template"]["spec"]
    service, signer = pod["containers"]
    assert signer["securityContext"]["runAsUser"] != pod["securityContext"]["runAsUser"]
    assert {each["name"] for each in signer["volumeMounts"]} == {"keys", "signing", "tmp"}
    assert "keys" not in {each["name"] for each in service["volumeMounts"]}
    claims = {
        each["name"]: each["persistentVolumeClaim"]["claimName"]
        for each in pod["volumes"]
        if "persistentVolumeClaim" in each
    }
    assert claims == {"keys": "rel-signer", "data": "rel-audit"}
    assert ("PersistentVolumeClaim", "rel-signer") in deployed
    assert "env" not in signer
    composed = compose_file()["services"]
    assert composed["signer"]["network_mode"] == "none"
    assert "environment" not in composed["signer"]
    shared = {*composed["signer"]["volumes"]} & {*composed["audit"]["volumes"]}
    assert shared == {"signing:/signing"}
    assert not [n for n, each in composed.items() if n != "signer" and "/signer:" in str(each)]


def test_the_chart_gives_the_log_its_policy(chart: Chart) -> None:
    made = manifests(chart, {"signer": {"policy": POLICY}})
    [told] = [each for each in made if each["metadata"]["name"] == "rel-log-policy"]
    assert told["data"] == {"policy": POLICY}
    for manifest in made:
        kubernetes_validate.validate(manifest, NEWEST, strict=True)


def test_compose_makes_a_log_that_a_witness_knows(made: Path) -> None:
    policy = Policy.parse((made / "policy").read_bytes())
    keys = parse_keys((made / "witness" / "log.vkey").read_text())
    assert [each.key for each in policy.logs] == [*keys]
    [witness] = policy.witnesses.values()
    assert witness.url == "http://witness:8080"
    assert policy.met({witness.key})
    assert not policy.met(set())
    assert compose_file()["services"]["witness"]["command"][3] == f"--name={witness.key.name}"
    secret = [*(made / "signer").iterdir(), made / "witness" / "witness.sqlite"]
    assert not [each for each in secret if each.stat().st_mode & 0o077]


def test_nothing_runs_as_root_or_writes_where_it_should_not(chart: Chart) -> None:
    for manifest in manifests(chart):
        if manifest["kind"] in ("Deployment", "Job"):
            pod = manifest["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            for each in (*pod.get("initContainers", ()), *pod["containers"]):
                assert each["securityContext"]["readOnlyRootFilesystem"] is True
                assert each["securityContext"]["allowPrivilegeEscalation"] is False
