"""One running copy of everything, and each programme set up on it as its demo story does."""

from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO

import pytest
from rich.console import Console

from homeward import folder, stack
from homeward.demo import buying, paying, story
from homeward.demo.scene import Scene, Setting
from homeward.demo.stage import Json, Stage
from homeward.stack import Stack


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every service, with data of its own, for all scenarios."""
    home = tmp_path_factory.mktemp("scenarios")
    with (
        folder.held(home, "demo", home / "data") as place,
        stack.running(
            place, "demo", console_port=None, told=lambda _: None, waiting=lambda _: None
        ) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def stage(copy: Stack) -> Iterator[Stage]:
    """People sign in and act on it; who may certify, approve and sign is settled."""
    made = Stage(story.world(copy), Console(file=StringIO()), "scenarios")
    buying.load_sanctions_list(made)
    for limit in dict.fromkeys(story.told(name)["limit"] for name in story.PROGRAMMES):
        paying.delegate(made, limit)
    yield made
    made.close()


Settings = Callable[[str], Setting]


@pytest.fixture(scope="session")
def settings(stage: Stage) -> Settings:
    """Each programme by its name, prepared once: funded, with vendors that may be paid."""
    return cache(lambda name: story.prepare(stage, story.told(name)))


@pytest.fixture(scope="module")
def setting(request: pytest.FixtureRequest, settings: Settings) -> Setting:
    """The programme that the file is about: `test_lao_cai.py` is about `lao-cai`."""
    return settings(request.module.__name__.rpartition(".test_")[2].replace("_", "-"))


NewCase = Callable[..., Scene]


@pytest.fixture
def new_case(stage: Stage, setting: Setting) -> NewCase:
    """Begin a scene: `new_case("lina", name="Salma", country="IQ")`; nothing has happened yet."""

    def begin(counsellor: str, *, household: tuple[Json, ...] = (), **returnee: object) -> Scene:
        told: Json = {
            "sex": "female",
            "age": "25_59",
            "born": None,
            "phone": None,
            "language": "ar",
        }
        told |= {"name": "Salma Kareem", "country": "IQ", "office": "Baghdad"} | returnee
        title = f"{told['name']} {len(begun)}"
        begun.append(title)
        case = {"title": title, "counsellor": counsellor, "returnee": told}
        return Scene(stage, case | {"household": list(household)}, setting)

    return begin


begun: list[str] = []
"""So that each scene has papers of its own."""
