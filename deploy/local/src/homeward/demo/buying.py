"""The middle of the story: vendors that may be paid, and who of them gets the order."""

from datetime import timedelta

from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json, Stage, money, shown


def approve_vendor(stage: Stage, told: Json) -> Json:
    """One proposes, another approves; the account is called back by a third, approved by a fourth.

    Answers with the ids of the vendor and its account.
    """
    body = {key: told[key] for key in ("kind", "country", "name", "latin_name", "town", "phone")}
    vendor = stage.does("nadia", f"proposed {told['latin_name']}", "vendors/v1/vendors", body)[
        "vendor"
    ]
    path = f"vendors/v1/vendors/{vendor}"
    screening = {
        "list_set": "un_consolidated",
        "list_version": "2026-02-27",
        "on": stage.today.isoformat(),
        "result": "clear",
    }
    stage.does("nadia", "screened it against the UN list", f"{path}/screenings", screening)
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
    for name, total in buy["quotations"].items():
        offer = {
            "vendor": vendors[name]["vendor"],
            "total": money(total),
            "document": paper("quotation", scene.title, name),
            "valid_until": (stage.today + timedelta(days=30)).isoformat(),
        }
        stage.does("nadia", f"received a quotation, {shown(total)}", f"{path}/quotations", offer)
    chosen = {"vendor": vendors[buy["vendor"]]["vendor"]}
    if buy.get("people_who_should_not"):
        stage.is_refused(
            "nadia", "tried to select the vendor herself", f"{path}/select", chosen, "ActedAlready"
        )
    stage.does("karim", "selected the lowest offer", f"{path}/select", chosen)
