"""A scholarship of three months, each of which is attended before it is paid."""

from homeward.demo import following, planning
from homeward.demo.scene import Scene, paper
from homeward.demo.stage import Json

OWN_WORDS = "Học may công nghiệp ba tháng"
PROVIDERS = {
    "training_fee": ("school", "returnees_school", 3_000_000, "120.00 USD"),
    "rent": ("hostel", "only_supplier", 1_500_000, "60.00 USD"),
    "transport": ("bus", "regulated_price", 700_000, "30.00 USD"),
    "basic_supplies": ("shop", "only_supplier", 1_500_000, "60.00 USD"),
}
"""Who is paid, why one quotation is enough, and what a month costs: in dong, and at most."""
PARTS = [
    {"spec": "training_fee", "type": "scholarship_fees", "ceiling": "360.00 USD"},
    {"spec": "rent", "type": "scholarship_housing", "ceiling": "180.00 USD"},
    {"spec": "transport", "type": "scholarship_travel", "ceiling": "90.00 USD"},
    {"spec": "basic_supplies", "type": "scholarship_living_costs", "ceiling": "180.00 USD"},
]


def begin(scene: Scene, *specs: str) -> Scene:
    """It is approved, these parts of it, and its instalments are agreed."""
    lines = [each | {"wording": OWN_WORDS} for each in PARTS if each["spec"] in specs]
    planning.plan(scene, lines)
    planning.approve(scene)
    for spec in specs:
        following.instalments(scene, {"item": spec, "amounts": [PROVIDERS[spec][3]] * 3})
    return scene


def item_of(scene: Scene, spec: str) -> str:
    """Where the approved item is."""
    return f"plans/v1/items/{scene.item(spec)}"


def attends(scene: Scene, spec: str, month: int, there: int) -> Json:
    """So many of the month's twenty days; what the item is then."""
    path = item_of(scene, spec)
    part = scene.stage.reads("dalia", path)["instalments"][month - 1]
    body = {"instalment": part["instalment"], "held": 20, "attended": there}
    body |= {"document": paper("attendance", scene.title, spec, str(month))}
    return scene.stage.does("dalia", f"recorded month {month}", f"{path}/record-attendance", body)


def order(scene: Scene, spec: str) -> Json:
    """Three months of it, of which one was given and is invoiced."""
    vendor, waiver, price, _ = PROVIDERS[spec]
    line = {"spec": f"month_of_{spec}", "quantity": 3, "unit_price": f"{price} VND"}
    return {
        "item": spec,
        "vendor": vendor,
        "waiver": waiver,
        "budget_line": "scholarships",
        "quotations": {vendor: f"{3 * price} VND"},
        "lines": [line],
        "delivered": [1],
        "invoice": invoice(scene, spec, 1),
    }


def invoice(scene: Scene, spec: str, month: int) -> Json:
    """The provider's, for one month: of the same price as every other month and student."""
    number = f"{scene.case['case'][-6:]}/{spec}/{month}"
    bill = {"number": number, "amount": f"{PROVIDERS[spec][2]} VND", "quantities": [1]}
    return bill | {"another": "another_month_or_student"}
