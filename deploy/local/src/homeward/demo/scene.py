"""A scene: one case of the story, what is told of it, and what has come of it so far."""

import hashlib
from dataclasses import dataclass, field

from homeward.demo.stage import Json, Stage


def paper(*what: str) -> str:
    """The digest of an invented paper: what would be its scan's SHA-256."""
    return hashlib.sha256("\n".join(what).encode()).hexdigest()


@dataclass(frozen=True)
class Setting:
    """What stands before the cases of a programme."""

    programme: Json
    vendors: Json
    """The ids of each vendor and its account, by the name that the story calls it by."""
    lines: Json
    """Budget line ids by category."""
    scenes: "dict[str, Scene]" = field(default_factory=dict)
    """The cases told so far, by their titles."""


@dataclass(eq=False)
class Scene:
    """Each act of a case is a function of this and of what the story tells of the act."""

    stage: Stage
    told: Json
    setting: Setting
    case: Json = field(default_factory=dict)
    plan: Json = field(default_factory=dict)
    project: Json = field(default_factory=dict)
    """The one that was begun in this case."""
    items: dict[str, str] = field(default_factory=dict)
    """What may be bought: item ids of plans, emergencies and projects, by their specs."""
    paid: list[str] = field(default_factory=list)
    """Payments that the bank has confirmed."""
    household: dict[str, str] = field(default_factory=dict)
    """The ids of those who return with the principal applicant, by name."""
    guardian: str | None = None
    """Who speaks for a returnee who is a child."""

    @property
    def title(self) -> str:
        return str(self.told["title"])

    @property
    def counsellor(self) -> str:
        return str(self.told["counsellor"])

    @property
    def language(self) -> str:
        """The returnee's; English where nobody returned and a community asked for it."""
        return str(self.told.get("returnee", {}).get("language", "en"))

    @property
    def path(self) -> str:
        """Of the case."""
        return f"intake/v1/cases/{self.case['case']}"

    @property
    def signs(self) -> str:
        """Who signs for the case: the returnee or, for a child, the guardian."""
        return str(self.guardian or self.case["returnee"])

    def for_the_community(self, spec: str) -> bool:
        """Whether it is an item of the community's project."""
        return self.of_the_project(spec) and bool(self.project["level"] == "community")

    def of_the_project(self, spec: str) -> bool:
        """Whether it is an item of what several share in."""
        return spec in [each["spec"] for each in self.project.get("items", ())]

    def item(self, spec: str) -> str:
        """The id of the item of that spec."""
        planned = {each["spec"]: each["item"] for each in self.plan.get("items", ())}
        return str((self.items | planned)[spec])
