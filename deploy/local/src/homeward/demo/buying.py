"""The middle of the story: vendors that may be paid, and who of them gets the order."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from importlib import resources

from homeward.demo import papers
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, NotAsTold, Stage, money, shown

LETTER_DAYS = 12
"""How long before the story vendors were asked by letter: more than five working days anywhere."""


def load_sanctions_list(stage: Stage) -> None:
    """An invented list in the UN's form: from now on the platform looks for every vendor on it.

    It is the first of its publisher and comes by hand, so one person alone does not set it.
    """
    content = resources.files("homeward.demo").joinpath("sanctions.xml").read_bytes()
    what, path = "loaded the list of sanctions", "vendors/v1/sanctions-lists"
    told = stage.uploads("karim", what, path, content, "application/xml")
    if told["proposed"] is not None:
        body = {"digest": told["proposed"]["list"]["digest"], "reason": "as_published"}
        path = f"{path}/{told['source']}/confirm"
        stage.does("vera", "confirmed that it is the publisher's", path, body)


def approve_vendors(stage: Stage, told: Mapping[str, Json]) -> Json:
    """Each is proposed by one, looked for by the platform, approved by another.

    Answers with the ids of the vendors and their accounts, by the name the story has for them.
    """
    proposed = {name: _propose(stage, each) for name, each in told.items()}
    return {name: _approve(stage, each, proposed[name]) for name, each in told.items()}


def _propose(stage: Stage, told: Json) -> str:
    body = {key: told[key] for key in ("kind", "country", "name", "latin_name", "town", "phone")}
    what = f"proposed {told['latin_name']}"
    return str(stage.does("nadia", what, "vendors/v1/vendors", body)["vendor"])


def _bring_papers(stage: Stage, told: Json, path: str) -> None:
    """What a vendor of its kind and tier needs, by the programmes that are in force."""
    missing = stage.reads("nadia", f"{path}/documents")["missing"]
    name, where = told["latin_name"], ("nadia", "vendors")
    vendor = path.rpartition("/")[2]
    brought = [
        {"kind": kind, "document": papers.of_the_vendor(stage, where, vendor, kind, name)}
        for kind in missing
    ]
    if brought:
        what = f"put the papers of {name} on file"
        stage.does("nadia", what, f"{path}/documents", {"papers": brought})


def _approve(stage: Stage, told: Json, vendor: str) -> Json:
    """The account is called back by a third, approved by a fourth."""
    path = f"vendors/v1/vendors/{vendor}"
    searched = stage.awaits(
        "karim", path, lambda seen: bool(seen["screening"]), "the platform to look for the vendor"
    )
    if searched["screening"]["result"] != "clear":
        raise NotAsTold(f"{told['latin_name']} is on no list, and was found on one")
    stage.tells("the platform", f"found {told['latin_name']} on no list", "VendorSearched")
    _bring_papers(stage, told, path)
    stage.does("karim", "approved the vendor", f"{path}/approve")
    if "account" not in told:
        return {"vendor": vendor}
    details = told["account"] | {"vendor": vendor, "holder": told["latin_name"]}
    account = stage.does("nadia", "proposed its account", "vendors/v1/accounts", details)["account"]
    path = f"vendors/v1/accounts/{account}"
    call = {"source": "registration", "confirmed": True}
    stage.does("samir", "called back on the number on file", f"{path}/call-back", call)
    stage.does("yusuf", "approved the account", f"{path}/approve")
    return {"vendor": vendor, "account": account}


def award(scene: Scene, buy: Json) -> None:
    """Quotations are asked for, and somebody who did not collect them selects the vendor."""
    stage, vendors = scene.stage, scene.setting.vendors
    item = scene.item(buy["item"])
    stage.awaits("nadia", f"vendors/v1/needs/{item}", lambda _: True, "vendors to hear of the plan")
    sourcing = stage.does("nadia", "asked for quotations", "vendors/v1/sourcings", {"item": item})[
        "sourcing"
    ]
    path = f"vendors/v1/sourcings/{sourcing}"
    if "waiver" in buy:
        waived = {
            "reason": buy["waiver"],
            "expires": (stage.today + timedelta(days=30)).isoformat(),
        }
        stage.does(
            "petra",
            f"waived further quotations: {buy['waiver'].replace('_', ' ')}",
            f"{path}/waive",
            waived,
        )
    if "committee" in buy:
        _ask_by_letter(scene, buy, path)
    quoted: list[Json] = []
    for name, total in buy["quotations"].items():
        offer = {
            "vendor": vendors[name]["vendor"],
            "total": money(total),
            "document": papers.of_the_vendor(
                stage,
                ("nadia", "vendors"),
                vendors[name]["vendor"],
                "quotation",
                scene.title,
                sourcing,
                name,
            ),
            "valid_until": (stage.today + timedelta(days=30)).isoformat(),
        }
        what = f"received a quotation, {shown(total)}"
        quoted = stage.does("nadia", what, f"{path}/quotations", offer)["quotations"]
    if len(quoted) > 1:
        ranking = sorted(quoted, key=lambda each: Decimal(each["total"]["amount"]))
        body = {"ranking": [each["quotation"] for each in ranking]}
        stage.does("nadia", f"compared the {len(quoted)} of them", f"{path}/compare", body)
        for member in buy.get("committee", ()):
            vote = {"quotation": body["ranking"][0], "vote": "in_favour"}
            stage.does(member, "voted for the lowest offer", f"{path}/vote", vote)
    chosen = {"vendor": vendors[buy["vendor"]]["vendor"]}
    if buy.get("people_who_should_not"):
        stage.is_refused(
            "nadia", "tried to select the vendor herself", f"{path}/select", chosen, "ActedAlready"
        )
    stage.does("karim", "selected the lowest offer", f"{path}/select", chosen)


def _ask_by_letter(scene: Scene, buy: Json, path: str) -> None:
    """Vendors were asked while the plan was made: the letter is put on file with its own day."""
    stage, vendor = scene.stage, scene.setting.vendors[buy["vendor"]]["vendor"]
    sent_on = (stage.today - timedelta(days=LETTER_DAYS)).isoformat()
    letter = papers.of_the_vendor(
        stage, ("nadia", "vendors"), vendor, "written_request", scene.title, buy["item"]
    )
    body = {"sent_on": sent_on, "document": letter}
    what = f"recorded that vendors were asked by letter on {sent_on}"
    stage.does("nadia", what, f"{path}/written-request", body)
