"""What nobody knows about the customer's 1C yet, as switches (contract 10, 11).

The defaults are the kinder reading where the contract infers one, the stricter where staying
strict costs a correct client nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from westsync.sandbox.standin.doubts import Doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCSwitches(Doubts):
    """One possible infobase.

    Attributes:
        profile: Configuration whose names OData shows (4.7, 4.8).
        composition: ``empty``: nobody ticked an object in "Состав" (4.2).
        unpublished: Entity sets that are not ticked: 404 with code 8.
        odata_published, soap_published: What ``default.vrd`` publishes; else 404 without JSON.
        payment_link: ``СчетНаОплату`` in payment rows: ``key`` or ``composite`` (4.7).
        item_link: ``Номенклатура`` in invoice rows: ``composite`` or ``key`` (4.7).
        client_ref: A ``Ref_Key`` in a POST is honoured, else another is chosen (8.1).
        duplicate_status: HTTP status that comes with code 15 (4.6).
        if_match: ``412``: ``If-Match`` is heeded as the vendor says, or it is ignored (4.5).
        composite_compare: Comparing a composite field without ``cast`` is false, or 500 (4.4).
        long_text_compare: Strings of unlimited length may be compared by ``eq`` (4.4).
        inlinecount: With it ``$top`` and ``$skip`` are ignored, or honoured (4.4).
        length_required: A POST or DELETE without ``Content-Length`` gets 411, as from IIS (4.1).
        contract_to_post: Whom posting an invoice without a contract is refused to (11.14).
        latency_s: Real seconds that every request takes, so that concurrency shows (2.3).
        licences: Sessions that may be open at once; 0 for any number (2.3).
        licence_status: 200 with an HTML page, or 503, when licences run out (2.3).
        session_life_s: Idle seconds after which a session that was asked for ends (2.3).
        bom: JSON and XML begin with a byte order mark (2.4).
        wsdl_host: Host that the WSDL names: the one only 1C knows, or the true one (3.1).
    """

    profile: Literal["bp30", "ut11"] = "bp30"
    composition: Literal["full", "empty"] = "full"
    unpublished: tuple[str, ...] = ()
    odata_published: bool = True
    soap_published: bool = True
    payment_link: Literal["key", "composite"] = "key"
    item_link: Literal["key", "composite"] = "composite"
    client_ref: bool = True
    duplicate_status: int = 400
    if_match: Literal["412", "ignored"] = "412"
    composite_compare: Literal["false", "500"] = "false"
    long_text_compare: bool = True
    inlinecount: Literal["ignores_paging", "honours_paging"] = "ignores_paging"
    length_required: bool = False
    contract_to_post: Literal["nobody", "organisations", "everybody"] = "nobody"
    latency_s: float = 0
    licences: int = 0
    licence_status: int = 200
    session_life_s: float = 20
    bom: bool = False
    wsdl_host: Literal["internal", "true"] = "internal"
