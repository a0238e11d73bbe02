"""The first half of the story: from a programme's page to a plan that a committee approved."""

import hashlib
from pathlib import Path

from homeward.demo.stage import Json, Stage, money, shown

COMMITTEE = ("zuzana", "peter")


def paper(*what: str) -> str:
    """The digest of an invented paper: what would be its scan's SHA-256."""
    return hashlib.sha256("\n".join(what).encode()).hexdigest()


def publish_programme(stage: Stage, page: Path) -> Json:
    """The programme manager publishes the programme's page; everybody hears of it."""
    programme = stage.does(
        "petra",
        f"published the programme {page.stem}",
        "plans/v1/programmes",
        {"text": page.read_text(encoding="utf-8")},
    )
    stage.awaits(
        "lina",
        "intake/v1/programmes",
        lambda seen: any(p["programme"] == programme["programme"] for p in seen["items"]),
        "intake to hear of the programme",
    )
    stage.awaits("nadia", "vendors/v1/diligence", lambda _: True, "vendors to hear of it")
    return programme


def open_case(stage: Stage, told: Json, programme: Json) -> Json:
    """Register, consent, find eligible, grant, confirm the arrival."""
    counsellor, returnee = told["counsellor"], told["returnee"]
    office = "Tirana" if returnee["country"] == "AL" else "Baghdad"
    household = told.get("household", [])
    case = stage.does(
        counsellor,
        f"registered a returnee{_and(len(household))}",
        "intake/v1/cases",
        {
            "programme": programme["programme"],
            "country_of_return": returnee["country"],
            "return_type": "voluntary",
            "office": office,
            "language": returnee["language"],
            "sex": returnee["sex"],
            "age_bracket": returnee["age"],
            "name": returnee["name"],
            "date_of_birth": returnee["born"],
            "phone": returnee["phone"],
        },
    )
    path = f"intake/v1/cases/{case['case']}"
    for member in household:
        body = {"relation": member["relation"], "sex": member["sex"], "name": member["name"]}
        body["age_bracket"] = member["age"]
        added = stage.does(counsellor, f"added a {member['relation']}", f"{path}/add-member", body)
        if member["relation"] == "child":
            child = added["household"][-1]["person"]
            body = {"child": child, "guardian": case["returnee"], "basis": "parent"}
            stage.does(counsellor, "recorded the guardian", f"{path}/appoint-guardian", body)
    consent = {
        "scopes": ["assistance", "vendors", "monitoring", "pooling"],
        "method": "signature",
        "language": returnee["language"],
        "document": paper("consent", told["title"]),
    }
    stage.does(counsellor, "recorded the consent", f"{path}/give-consent", consent)
    criteria = programme["policy"]["eligibility"]["criteria"]
    stage.does(
        "petra", "found the case eligible", f"{path}/confirm-eligibility", {"criteria": criteria}
    )
    case = stage.does("petra", "granted the entitlement", f"{path}/grant-entitlement")
    arrival = {"date": stage.today.isoformat(), "evidence": paper("boarding pass", told["title"])}
    stage.does(counsellor, "confirmed the arrival", f"{path}/confirm-arrival", arrival)
    return case


def _and(others: int) -> str:
    return "" if others == 0 else f" and {others} of the household"


def plan_for(stage: Stage, told: Json, case: Json) -> Json:
    """Draft, sign, submit, find feasible: a plan that waits for the committee."""
    counsellor = told["counsellor"]
    stage.awaits(
        counsellor,
        f"plans/v1/entitlements/{case['case']}",
        lambda seen: seen["total"] is not None and seen["claim_by"] is not None,
        "plans to hear of the entitlement and the arrival",
    )
    plan = stage.does(counsellor, "drafted a plan", "plans/v1/plans", {"case": case["case"]})
    path = f"plans/v1/plans/{plan['plan']}"
    for item in told["plan"]:
        body = {"type": item["type"], "spec": item["spec"], "own_words": item["wording"]}
        body["ceiling"] = money(item["ceiling"])
        what = f"proposed {item['spec'].replace('_', ' ')}, {shown(item['ceiling'])}"
        plan = stage.does(counsellor, what, f"{path}/propose-item", body)
    signature = {
        "signed_by": case["returnee"],
        "method": "signature",
        "language": told["returnee"]["language"],
        "digest": plan["digest"],
    }
    stage.does(counsellor, "recorded the returnee's signature", f"{path}/sign", signature)
    stage.does(counsellor, "submitted the plan", f"{path}/submit")
    return stage.does("omar", "found it feasible", f"{path}/confirm-feasibility")


def approve(stage: Stage, plan: Json) -> Json:
    """Two members of the committee say yes."""
    for member in COMMITTEE:
        plan = stage.does(
            member, f"approved {shown(plan['total'])}", f"plans/v1/plans/{plan['plan']}/approve"
        )
    return plan


def reject(stage: Stage, plan: Json) -> Json:
    """A member of the committee says no, and that is that."""
    body = {"reason": "not_sustainable"}
    return stage.does("zuzana", "rejected the plan", f"plans/v1/plans/{plan['plan']}/reject", body)
