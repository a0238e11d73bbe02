"""The papers of the story: invented ones, put on file as people scan and send them."""

from homeward.demo.scene import Scene
from homeward.demo.stage import Stage

Where = tuple[str, str]
"""Who puts it on file, and in which service."""


def scan(*words: str) -> bytes:
    """A page with these words as a scanner gives it: a PDF, of equal words the same."""
    said = " / ".join(words).encode("ascii", "replace")
    page = b"BT /F1 12 Tf 50 780 Td (" + _escaped(said) + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s /Resources %s >>"
        % (b"/MediaBox [0 0 595 842]", b"<< /Font << /F1 5 0 R >> >>"),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\n" % table
    return bytes(written + end + b"startxref\n%d\n%%%%EOF\n" % len(written))


def _escaped(text: bytes) -> bytes:
    for mark in (b"\\", b"(", b")"):
        text = text.replace(mark, b"\\" + mark)
    return text


def of_the_returnee(scene: Scene, where: Where, kind: str, *words: str) -> str:
    """A paper of the case, about whom it is for; by what acts cite it."""
    about = {"about": scene.case["returnee"], "case": scene.case["case"], "paper": kind}
    return scene.stage.puts_on_file(*where, scan(kind, scene.title, *words), about)


def of_the_vendor(stage: Stage, where: Where, vendor: str, kind: str, *words: str) -> str:
    """A paper of the vendor's; by what acts cite it."""
    about = {"about": vendor, "paper": kind}
    return stage.puts_on_file(*where, scan(kind, *words), about)


def of_the_project(scene: Scene, where: Where, kind: str, *words: str) -> str:
    """A paper about what several share in; by what acts cite it.

    Where it is bought and paid, a project stands where a case stands.
    """
    project = scene.project["project"]
    about = {"about": project, "paper": kind}
    if where[1] == "disbursement":
        about["case"] = project
    return scene.stage.puts_on_file(*where, scan(kind, project, *words), about)
