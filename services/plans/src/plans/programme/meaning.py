"""What a page comes to: its words as the policy that others decide by."""

import re
from datetime import date
from typing import Any

from events.money import Money, exponent
from events.values import Code
from plans.domain import programme as policy
from plans.domain.delivery_terms import DeliveryTerms

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


def policy_of(data: dict[str, Any]) -> policy.Policy:
    """The policy of a page without mistakes."""
    funded, entitlement, follow_up = data["funded_by"], data["entitlement"], data["follow_up"]
    return policy.Policy(
        currency=Code(funded["currency"]),
        organisation=Code(data["run_by"]),
        kept_by=tuple(Code(each) for each in data.get("kept_by", ())),
        donor=Code(funded["donor"]),
        grant=Code(funded["grant"]),
        since=date.fromisoformat(funded["from"]),
        until=date.fromisoformat(funded["until"]),
        extended_until=_day(funded.get("extended_until")),
        eligibility=_eligibility(data["eligibility"]),
        entitlements=tuple(_entitlement(each) for each in entitlement["per_person"]),
        claim_within_days=whole(entitlement["claim_within"]),
        use_within_months=whole(entitlement["use_within"]),
        one_programme_at_a_time=entitlement["other_programmes"] == "not at the same time",
        other_assistance=policy.OtherAssistance(entitlement["other_assistance"].split()[-1]),
        pooling=entitlement["pooling"] != "none",
        restricted_by_default=data["confidentiality"]["cases"] == "restricted from registration",
        break_glass_hours=whole(data["confidentiality"]["break_glass_at_most"]),
        assistance=tuple(_assistance(*each) for each in data["assistance"].items()),
        emergency=_emergency(data.get("emergency")),
        collective=_collective(data.get("collective")),
        community=_community(data.get("community")),
        approval=policy.Approval(
            bands=tuple(_quorum(each) for each in data["approval"]["committee"]["quorum"]),
            answer_within_days=whole(data["approval"]["answer_within"]),
        ),
        buying=policy.Buying(
            bands=tuple(_band(each) for each in data["buying"]["bands"]),
            added_up_over_days=whole(data["buying"]["added_up_over"]),
        ),
        paying=_paying(data["paying"]),
        visits_after_months=tuple(whole(each) for each in follow_up["visits"]),
        survey=_survey(follow_up.get("survey")),
        small_cells_below=whole(data["reporting"]["not_shown"]),
        complaints=_complaints(data.get("complaints")),
        keep_years=whole(data["keep_records"]),
    )


def paid_from_of(data: dict[str, Any]) -> tuple[policy.PaidFrom, ...]:
    """Which budget line of the grant pays for which assistance."""
    return tuple(
        policy.PaidFrom(type=Code(name), category=Code(kind["paid_from"]))
        for name, kind in data["assistance"].items()
        if "paid_from" in kind
    )


def _eligibility(data: dict[str, Any]) -> policy.Eligibility:
    return policy.Eligibility(
        returns=tuple(policy.ReturnType(each) for each in data["return"]),
        countries=_countries(data["countries"]),
        criteria=_codes(data["criteria"]),
    )


def _countries(data: str | list[str]) -> tuple[Code, ...]:
    return tuple(Code(each) for each in data) if isinstance(data, list) else ()


def _entitlement(data: dict[str, Any]) -> policy.Entitlement:
    youngest, oldest = ages(data.get("ages", "0 and over"))
    return policy.Entitlement(
        role=policy.FamilyRole(code(data["for"])),
        returns=tuple(policy.ReturnType(each) for each in data["return"]),
        countries=_countries(data.get("countries", "any")),
        age_from=youngest,
        age_until=oldest,
        vulnerability=code(data["vulnerability"]) if "vulnerability" in data else None,
        since=_day(data.get("from")),
        until=_day(data.get("until")),
        total=money(data["total"]),
        cash_at_most=money(data["cash_at_most"]),
    )


def ages(phrase: str) -> tuple[int, int | None]:
    """The youngest and the oldest of `under 18`, `18 and over`, `12 to 17`."""
    numbers = [int(each) for each in _NUMBER.findall(phrase)]
    if phrase.startswith("under"):
        return 0, numbers[0] - 1
    return numbers[0], numbers[1] if len(numbers) > 1 else None


def _assistance(name: str, data: dict[str, Any]) -> policy.Assistance:
    advance, lasts = data.get("advance"), data.get("lasts")
    level = data.get("level", "individual")
    own = data.get("own_contribution")
    wording = data.get("wording_for_others")
    return policy.Assistance(
        type=Code(name),
        dimension=policy.Dimension(data["dimension"]),
        levels=tuple(policy.Level(e) for e in ([level] if isinstance(level, str) else level)),
        modality=policy.Modality(code(data["modality"])),
        at_most=money(data["at_most"]) if "at_most" in data else None,
        at_most_each_month=money(data["at_most_each_month"])
        if "at_most_each_month" in data
        else None,
        months=policy.Months(*between(lasts)) if lasts else None,
        own_contribution_percent=whole(own) if own else None,
        before_approval=_codes(data.get("before_approval", ())),
        before_commitment=_codes(data.get("before_order", ())),
        before_payment=_codes(data.get("before_payment", ())),
        afterwards=_codes(data.get("afterwards", ())),
        instalments=_instalments(data.get("instalments")),
        advance=policy.Advance(*between(advance)) if advance else None,
        wording_for_others=code(wording) if wording else None,
    )


def _instalments(data: dict[str, Any] | None) -> policy.Instalments | None:
    if data is None:
        return None
    when = conditions(data)
    attendance = [whole(each) for each in when if each.startswith("attendance")]
    return policy.Instalments(
        each=Code(data["each"]) if "each" in data else None,
        parts_percent=tuple(whole(each) for each in data.get("parts", ())),
        attendance_percent=attendance[0] if attendance else None,
        own_contribution_proved="own contribution proved" in when,
        monitoring_done="monitoring visit done" in when,
    )


def conditions(instalments: dict[str, Any]) -> list[str]:
    """What an instalment waits for: one phrase, or a list of them."""
    when: str | list[str] = instalments["when"]
    return [when] if isinstance(when, str) else when


def _emergency(data: dict[str, Any] | None) -> policy.Emergency | None:
    if data is None:
        return None
    return policy.Emergency(
        types=tuple(Code(each) for each in data["types"]),
        at_most=money(data["at_most"]),
        ratify_within_hours=whole(data["ratify_within"]),
        authorised_by=_codes(data["authorised_by"]),
    )


def _collective(data: dict[str, Any] | None) -> policy.Collective | None:
    if data is None:
        return None
    return policy.Collective(*between(data["participants"]), *between(data["share"]))


def _community(data: dict[str, Any] | None) -> policy.Community | None:
    if data is None:
        return None
    least, most = between(data["host_share"])
    return policy.Community(
        at_most=money(data["at_most"]),
        host_share_at_least_percent=least,
        host_share_at_most_percent=most,
        budget_line=Code(data["paid_from"]),
        before_approval=_codes(data["before_approval"]),
    )


def _quorum(data: dict[str, Any]) -> policy.ApprovalBand:
    return policy.ApprovalBand(money(data["up_to"]) if "up_to" in data else None, data["members"])


def _band(data: dict[str, Any]) -> policy.BuyingBand:
    return policy.BuyingBand(
        below=money(data["below"]),
        quotations=data["quotations"],
        waiver_by=code(data["waiver_by"]) if "waiver_by" in data else None,
        waiver_for=_codes(data.get("waiver_for", ())),
        written_working_days=whole(data["written"]) if "written" in data else None,
        committee=data.get("committee") == "yes",
    )


def _paying(data: dict[str, Any]) -> policy.Paying:
    share, _, limit = data["invoice_tolerance"].partition(" percent, ")
    percent, _, hundredths = share.partition(".")
    return policy.Paying(
        certifier_may_sign=data["small_office"] == "certifying officer may be a signatory",
        second_approval_from=money(data["second_approval_from"]),
        invoice_tolerance_basis_points=int(percent + hundredths.ljust(2, "0")),
        invoice_tolerance_at_most=money(limit.removesuffix(" at most")),
        pay_within_days=whole(data["pay_within"]),
        call_back=data["bank_details"]["call_back"] == "yes",
        account_wait_hours=whole(data["bank_details"]["wait"]),
        screening_at_most_days=whole(data["screening"]["at_most_old"]),
        screening_again_at_release=data["screening"]["again_at_release"] == "yes",
    )


def vendor_rules_of(data: dict[str, Any] | None) -> policy.VendorRules | None:
    """What a page asks of vendors; None: nothing more than that they are who they say."""
    if data is None:
        return None
    first = data.get("first_payment")
    return policy.VendorRules(
        kinds=tuple(
            policy.VendorKind(Code(kind), _codes(papers))
            for kind, papers in data.get("documents", {}).items()
        ),
        tiers=tuple(
            policy.VendorTier(
                tier=Code(name),
                up_to=money(tier["up_to"]) if "up_to" in tier else None,
                documents=_codes(tier.get("documents", ())),
            )
            for name, tier in data.get("tiers", {}).items()
        ),
        first_payment_at_most=money(first.removesuffix(" at most")) if first else None,
    )


def finding_rules_of(data: dict[str, Any] | None) -> policy.FindingRules | None:
    """What a page wants looked at a second time; None: what is looked at anyway."""
    if data is None:
        return None
    near, pair, hours = data["near_limit"], data["same_pair"], data["after_hours"]
    of_amounts, one_in = data["chosen_amounts"]["of"], data["chosen_amounts"]["chance"]
    return policy.FindingRules(
        just_under_percent=whole(data["just_under"]),
        near_limit=policy.NearLimit(whole(near["from"]), near["times"], whole(near["within"])),
        account_changed_days=whole(data["account_changed"]),
        vendor_approved_days=whole(data["vendor_approved"]),
        same_pair=policy.SamePair(pair["of"], whole(pair["from"]), whole(pair["elsewhere"])),
        alike_offers=data["alike_offers"],
        chosen_amounts=policy.ChosenAmounts(of_amounts, between(one_in)[1]),
        after_hours=policy.AfterHours(hours["from"], hours["until"], hours["acts"]),
        review_days=policy.ReviewDays(
            **{severity: whole(days) for severity, days in data["review"].items()}
        ),
    )


def offices_of(data: dict[str, str] | None) -> tuple[policy.OfficeClock, ...]:
    """By which clock each office goes."""
    return tuple(
        policy.OfficeClock(Code(office), Code(zone)) for office, zone in (data or {}).items()
    )


def _survey(data: dict[str, Any] | None) -> policy.Survey | None:
    if data is None:
        return None
    return policy.Survey(
        rounds_after_months=tuple(
            0 if each == "at arrival" else whole(each) for each in data["rounds"]
        ),
        weights=tuple(
            policy.Weight(dimension, whole(data["weights"][dimension]))
            for dimension in policy.Dimension
        ),
    )


def _complaints(data: dict[str, Any] | None) -> policy.Complaints | None:
    if data is None:
        return None
    return policy.Complaints(
        answer_within_days=whole(data["answer_within"]),
        fraud_and_abuse_within_days=whole(data["fraud_and_abuse_within"]),
    )


def delivery_terms_of(data: dict[str, Any] | None) -> DeliveryTerms:
    if data is None:
        return DeliveryTerms()
    valid, tries = between(data["code"])
    return DeliveryTerms(
        code_valid_days=valid,
        code_tries=tries,
        capture_within_days=whole(data["without_network"]),
    )


def whole(phrase: str) -> int:
    """The first number of a phrase that the schema has let through."""
    found = _NUMBER.search(phrase)
    assert found is not None, phrase
    return int(found[0])


def between(phrase: str) -> tuple[int, int]:
    """The two numbers of `5 to 60 percent`, `50 percent at most, cleared within 30 days`."""
    first, second = _NUMBER.findall(phrase)
    return int(first), int(second)


def money(text: str) -> Money:
    amount, _, currency = text.partition(" ")
    whole, _, decimals = amount.partition(".")
    digits = exponent(currency)
    return Money.parse(f"{int(whole)}.{decimals.ljust(digits, '0')}".rstrip("."), currency)


def code(words: str) -> Code:
    """`returnee's school` is `returnees_school` on the wire."""
    return Code(words.replace("'", "").replace(" ", "_"))


def _codes(phrases: list[str] | tuple[str, ...]) -> tuple[Code, ...]:
    return tuple(code(each) for each in phrases)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
