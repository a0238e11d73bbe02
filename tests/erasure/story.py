"""A returnee with a value like no other in every personal field, helped, paid for and erased."""

from dataclasses import dataclass

from homeward.demo import people, planning
from homeward.demo.scene import Scene, Setting, paper
from homeward.demo.stage import Json, Stage

VALUES = {
    "name": "Zübeyde Qaraqışlaq-Vyxhlo",
    "date_of_birth": "1903-07-19",
    "phone": "+964 7709 118 337",
    "spelling": "زبیده قره‌قشلاق",
    "document": "QXK 88190 337 PZ",
    "other_phone": "+964 7709 226 448",
    "through_name": "Hadji Wrzqopol",
    "through_phone": "+964 7709 335 559",
    "address": "Lane 7 behind the Vyxhlo cistern",
    "ethnicity": "qxethnic-vyxhlo",
    "vulnerability": "qxvulnerable-vyxhlo",
    "health": "qxhealth-vyxhlo",
    "words": "I left because of Wrzqopol and will not say it twice",
    "item_words": "An oven like the one my Vyxhlo aunt had",
    "complaint": "Somebody in the Vyxhlo office asked me for my oven",
}
"""By what each is. None of them is anywhere in the platform or in another person's case."""
CHILD = "Tuqay Qaraqışlaq-Wrzql"
"""Somebody else of the household, who stays."""
ITEM = {"spec": "bread_oven", "type": "micro_business", "ceiling": "1850.00 EUR"}
PURCHASE: Json = {
    "item": "bread_oven",
    "vendor": "ovens",
    "budget_line": "business",
    "committee": ["zuzana", "peter"],
    "quotations": {
        "ovens": "1700000.000 IQD",
        "traders": "1800000.000 IQD",
        "mills": "1900000.000 IQD",
    },
    "lines": [{"spec": "bread_oven", "quantity": 1, "unit_price": "1700000.000 IQD"}],
    "delivered": [1],
    "invoice": {"number": "E-2026-1", "amount": "1700000.000 IQD"},
}


@dataclass
class Told:
    """What has been told of her so far."""

    scene: Scene
    person: str = ""
    child: str = ""
    complaint: str = ""

    @property
    def stage(self) -> Stage:
        return self.scene.stage


def begin(stage: Stage, setting: Setting) -> Told:
    """Registered, described, listened to, arrived, with a plan that the committee approved."""
    returnee = {
        "name": VALUES["name"],
        "born": VALUES["date_of_birth"],
        "phone": VALUES["phone"],
        "age": "60_over",
        "sex": "female",
        "language": "ar",
        "country": "IQ",
        "office": "Baghdad",
    }
    child = {"relation": "child", "sex": "male", "age": "12_17", "name": CHILD}
    told = {
        "title": "somebody to be erased",
        "counsellor": "lina",
        "returnee": returnee,
        "household": [child],
    }
    scene = Scene(stage, told, setting)
    people.welcome(scene)
    her = Told(scene, scene.case["returnee"])
    her.child = scene.case["household"][1]["person"]
    _describe(her)
    planning.plan(scene, [ITEM | {"wording": VALUES["item_words"]}])
    planning.approve(scene)
    return her


def _describe(her: Told) -> None:
    """Everything else that may be known of a person."""
    stage, path, about = her.stage, her.scene.path, {"person": her.person}
    identity = about | {
        "sex": "female",
        "age_bracket": "60_over",
        "name": VALUES["name"],
        "spellings": [{"name": VALUES["spelling"], "script": "Arab"}],
        "date_of_birth": VALUES["date_of_birth"],
        "documents": [{"kind": "passport", "number": VALUES["document"], "country": "IQ"}],
    }
    through = {"name": VALUES["through_name"], "phone": VALUES["through_phone"]}
    contact = about | {"language": "ar", "phone": VALUES["other_phone"], "through": through}
    profile = about | {
        "ethnicity": VALUES["ethnicity"],
        "vulnerabilities": [VALUES["vulnerability"]],
        "health": [VALUES["health"]],
    }
    words = about | {"subject": "return", "language": "ar", "words": VALUES["words"]}
    stage.does("lina", "recorded who she is", f"{path}/record-identity", identity)
    contact["address"] = VALUES["address"]
    stage.does("lina", "recorded how she is reached", f"{path}/record-contact", contact)
    stage.does("lina", "recorded what she lives with", f"{path}/record-profile", profile)
    stage.does("lina", "wrote down what she said", f"{path}/record-own-words", words)
    complaint = {
        "programme": her.scene.setting.programme["programme"],
        "category": "staff_conduct",
        "channel": "office",
        "language": "ar",
        "words": VALUES["complaint"],
        "complainant": her.person,
        "case": her.scene.case["case"],
    }
    her.complaint = stage.does("lina", "took a complaint", "intake/v1/complaints", complaint)[
        "complaint"
    ]


def ask_to_be_erased(her: Told) -> str:
    """Her request, as her counsellor records it; the path of what stands about her."""
    body = {
        "person": her.person,
        "ground": "consent_withdrawn",
        "identity_check": "known_in_person",
        "evidence": paper("request to be erased"),
        "received": her.stage.today.isoformat(),
    }
    her.stage.does("lina", "recorded her request", "intake/v1/erasures", body)
    return f"intake/v1/subjects/{her.person}"
