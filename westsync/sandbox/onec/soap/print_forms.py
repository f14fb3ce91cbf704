"""Print forms as PDF: real one-page documents, with the least in them (contract 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.onec.bp30 import FACTURA, INVOICE, SHIPMENT
from westsync.sandbox.onec.soap.lookup import Refusal

if TYPE_CHECKING:
    from westsync.sandbox.onec.infobase import Infobase

FORMS = {
    "СчетНаОплату": (INVOICE,),
    "СчетНаОплатуСПечатью": (INVOICE,),
    "ТОРГ12": (SHIPMENT,),
    "УПД": (SHIPMENT,),
    "СчетФактура": (FACTURA, SHIPMENT),
}


def print_form(base: Infobase, key: str, form: str) -> tuple[str, bytes]:
    """Return file name and content of a document's print form.

    Raises:
        Refusal: There is no such form, no such document, or the form is not for it.
    """
    if form not in FORMS:
        raise Refusal(f"Печатная форма {form} не найдена")
    for entity in FORMS[form]:
        row = base.store.get(entity, key)
        if row is not None:
            if form == "УПД" and not row["ЭтоУниверсальныйДокумент"]:
                raise Refusal("Документ не является универсальным передаточным документом")
            title = base.schema[entity].title
            number, day = row["Number"], f"{row['Date']:%d.%m.%Y}"
            # The file names no font with Cyrillic letters, so the page shows digits only.
            content = pdf([number.encode("ascii", "replace").decode(), day])
            return f"{title} № {number} от {day}.pdf", content
    raise Refusal(f"Документ {key} не найден")


def pdf(lines: list[str]) -> bytes:
    """Return a PDF of one page with lines of ASCII text."""
    shown = "".join(f"({_escaped(line)}) Tj 0 -20 Td " for line in lines)
    stream = f"BT /F1 14 Tf 60 780 Td {shown}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out) + head + table + tail % (len(objects) + 1, len(out))


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
