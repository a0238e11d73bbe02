"""Five school kits, from an approved plan to the bank, step by step."""

from dataclasses import dataclass, field

from homeward.demo import buying, papers, paying, people, planning
from homeward.demo.scene import Scene
from homeward.demo.stage import Json, Stage, money

KITS = 5
CEILING = "60.00 EUR"
LEAST = 8_000
"""Dinars for a kit; each purchase has another price, so that no invoice looks like another's."""


@dataclass
class Purchase:
    """What is asked for, and where it has come to."""

    scene: Scene
    number: int
    order: str = ""
    """Where the commitment is."""
    told: Json = field(default_factory=dict)
    vendor: str = "traders"
    """Whose offer is the lowest."""

    @classmethod
    def planned(cls, scene: Scene, number: int) -> "Purchase":
        people.welcome(scene)
        kit = {"spec": "school_kit", "type": "basic_needs", "ceiling": CEILING}
        planning.plan(scene, [kit | {"wording": "لوازم مدرسية"}])
        planning.approve(scene)
        made = cls(scene, number)
        made.told = made._tells()
        return made

    @property
    def stage(self) -> Stage:
        return self.scene.stage

    @property
    def each(self) -> int:
        """Dinars for one kit."""
        return LEAST + 10 * self.number

    def costs(self, kits: int, *, each: int = 0) -> str:
        """So many kits, in dinars: at the order's price, or at another."""
        return f"{kits * (each or self.each)}.000 IQD"

    def sold_by(self, vendor: str) -> None:
        """By another vendor than usual."""
        self.vendor = vendor
        self.told = self._tells()

    def _tells(self) -> Json:
        dearer = self.each + 500
        quoted = {self.vendor: self.costs(KITS), "mills": self.costs(KITS, each=dearer)}
        quoted["ovens"] = self.costs(KITS, each=dearer + 500)
        return {
            "item": "school_kit",
            "vendor": self.vendor,
            "committee": ["zuzana", "peter"],
            "budget_line": "basic_needs",
            "quotations": quoted,
            "lines": [{"spec": "school_kit", "quantity": KITS, "unit_price": self.costs(1)}],
        }

    def ordered(self) -> None:
        """Awarded, committed, sent to the vendor."""
        buying.award(self.scene, self.told)
        self.order = paying.order(self.scene, self.told)

    def delivered(self, kits: int = KITS) -> None:
        """The returnee signs for so many."""
        paying.deliver(self.scene, self.told | {"delivered": [kits]}, self.order)

    def bill(self, number: str = "", kits: int = KITS, *, each: int = 0, **more: object) -> Json:
        """The vendor's invoice as it would be recorded."""
        number = number or f"MONEY-{self.number}"
        vendor = self.scene.setting.vendors[self.vendor]["vendor"]
        where = ("hana", "disbursement")
        line = {"line": 1, "quantity": kits, "unit_price": money(self.costs(1, each=each))}
        body: Json = {
            "number": number,
            "date": self.stage.today.isoformat(),
            "amount": money(self.costs(kits, each=each)),
            "lines": [line],
            "document": papers.of_the_vendor(
                self.stage, where, vendor, "invoice", number, str(self.number), str(each)
            ),
        }
        return body | more

    def invoiced(self, bill: Json) -> Json:
        """Hana records it; as it stands then."""
        told = self.stage.does("hana", "received the invoice", f"{self.order}/invoices", bill)
        invoice: Json = told["invoices"][-1]
        return invoice

    def stands(self, invoice: Json) -> Json:
        """How the invoice stands now."""
        seen = self.stage.reads("hana", self.order)["invoices"]
        (same,) = [each for each in seen if each["invoice"] == invoice["invoice"]]
        found: Json = same
        return found

    def asks(self, invoice: Json) -> Json:
        """What is asked for when the invoice is to be paid."""
        return {"commitment": self.order.rpartition("/")[2], "invoice": invoice["invoice"]}

    def not_paid(self, invoice: Json, rule: str) -> None:
        """Hana asks that it be paid, and is refused by the rule."""
        path = f"{paying.HOME}/payments"
        self.stage.is_refused("hana", "asked to pay it", path, self.asks(invoice), rule)

    def requested(self, invoice: Json) -> Json:
        """Hana asks that it be paid."""
        return paying.request(self.stage, self.order, invoice)
