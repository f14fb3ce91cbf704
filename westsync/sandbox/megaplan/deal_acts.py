"""What staff do with clients and deals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import clients, comments, company, deals, files, goods
from westsync.sandbox.megaplan.acting import DEFAULT_BY, Acting
from westsync.sandbox.megaplan.wire import Doc, bare, link, to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class DealActs(Acting):
    """Acts on clients and deals.

    Stages are named as in ``company.STAGES`` or by state id; deal fields by the short names of
    ``company.DEAL_FIELDS`` or by their full names, with Python values (moments, dates,
    ``Decimal`` roubles).
    """

    def create_client(
        self,
        *,
        first: str = "",
        last: str = "",
        company_name: str = "",
        phones: Sequence[str] = (),
        emails: Sequence[str] = (),
        inn: str | None = None,
        kpp: str = "",
        by: str = DEFAULT_BY,
    ) -> str:
        """Enter a client and return his id; with ``company_name`` an organisation.

        Args:
            first: Given name of a person.
            last: Family name of a person.
            company_name: Name of an organisation.
            phones: As written, e.g. ``+79990000000``.
            emails: Addresses.
            inn: Makes a payer with this INN.
            kpp: The payer's KPP; an organisation has one.
            by: Who enters him.
        """
        kind = "ContractorCompany" if company_name else "ContractorHuman"
        contacts = [
            {"contentType": "ContactInfo", "type": kind_, "value": value, "isMain": place == 0}
            for kind_, values in (("phone", phones), ("email", emails))
            for place, value in enumerate(values)
        ]
        names = {"name": company_name} if company_name else {"firstName": first, "lastName": last}
        body = {"contentType": kind, **names, "contactInfo": contacts}
        with self.acting(by) as author:
            client = clients.create(self, kind, body, author)
            if inn is not None:
                payer = {
                    "contentType": "Payer",
                    "type": "Legal" if company_name else "Natural",
                    "country": link("Country", "RU"),
                    "name": client["name"],
                    "inn": inn,
                    "kpp": kpp,
                }
                clients.create_payer(self, payer, contractor=client)
        return str(client["id"])

    def add_product(
        self, name: str, price: float, *, article: str = "", by: str = DEFAULT_BY
    ) -> str:
        """Enter a product into the catalogue and return its id; positions of its name are it.

        Args:
            name: As positions name it.
            price: Roubles for one.
            article: The maker's or supplier's number; by it 1C and suppliers know it.
            by: Who enters it.
        """
        with self.acting(by) as author:
            return str(self._product(name, price, author, article=article)["id"])

    def create_deal(
        self,
        *,
        name: str = "",
        client: str | None = None,
        manager: str | None = None,
        fields: Mapping[str, object] | None = None,
        lines: Sequence[tuple[str, float, float]] = (),
        by: str = DEFAULT_BY,
    ) -> str:
        """Enter a deal of the sales program and return its id.

        Args:
            name: Its name; empty for the server's own.
            client: Client id.
            manager: Responsible; the author if None.
            fields: Custom fields.
            lines: Positions: name, quantity, roubles for one.
            by: Who enters it.
        """
        body: Doc = {"contentType": "Deal", "program": link("Program", company.PROGRAM)}
        if name:
            body["name"] = name
        with self.acting(by) as author:
            if client is not None:
                body["contractor"] = bare(clients.find(self, client))
            if manager is not None:
                body["manager"] = self.staff(manager)
            body |= self._named_fields(fields or {})
            body["positions"] = [self._line(*line, author) for line in lines]
            return str(deals.create(self, body, author)["id"])

    def edit_deal(
        self, deal: str, fields: Mapping[str, object], *, by: str, trigger: str | None = None
    ) -> None:
        """Fill fields of a deal.

        Args:
            deal: Deal id.
            fields: Custom fields, or own ones as ``name`` and ``manager`` (a login).
            by: Who does it; of a trigger: whose act set it off.
            trigger: Id of the ``ProgramTrigger`` that does it; the history marks it so.
        """
        body = {"contentType": "Deal", "id": deal, **self._named_fields(fields)}
        with self.acting(by) as author:
            doc = self.store.need("Deal", deal)
            cause = link("ProgramTrigger", trigger) if trigger else None
            deals.update(self, doc, body, author, generated_by=cause)

    def set_lines(self, deal: str, lines: Sequence[tuple[str, float, float]], *, by: str) -> None:
        """Replace the positions of a deal: name, quantity, roubles for one."""
        with self.acting(by) as author:
            rows = [self._line(*line, author) for line in lines]
            body = {"contentType": "Deal", "id": deal, "positions": rows}
            deals.update(self, self.store.need("Deal", deal), body, author)

    def trigger_edit(self, deal: str, fields: Mapping[str, object], *, by: str) -> None:
        """Let the program's trigger fill fields; in the history it is no person's act (4.12)."""
        self.edit_deal(deal, fields, by=by, trigger=company.TRIGGER)

    def move_deal(self, deal: str, stage: str, *, by: str) -> None:
        """Move a deal along a transition of its program.

        Raises:
            ValueError: No transition leads there from the present stage.
        """
        with self.acting(by) as author:
            doc = self.store.need("Deal", deal)
            target = self._state(stage)
            for transition in deals.possible_transitions(self, doc):
                if transition["to"] == target and transition["enabled"]:
                    deals.enter(self, doc, target, author)
                    return
        raise ValueError(f"deal {deal} cannot pass from {self.stage_of(deal)} to {stage}")

    def put_deal(self, deal: str, stage: str, *, by: str, trigger: bool = False) -> None:
        """Put a deal into any stage, as an administrator's scenario can."""
        with self.acting(by) as author:
            cause = link("ProgramTrigger", company.TRIGGER) if trigger else None
            doc = self.store.need("Deal", deal)
            deals.enter(self, doc, self._state(stage), author, generated_by=cause)

    def stage_of(self, deal: str) -> str:
        """Return the name of a deal's stage."""
        return company.STAGE_OF_STATE[str(self.store.need("Deal", deal)["state"]["id"])]

    def delete_deal(self, deal: str) -> None:
        """Delete a deal."""
        with self.lock:
            deals.drop(self, self.store.need("Deal", deal))

    def set_transition(
        self, source: str, target: str, *, enabled: bool = True, reason: str = "", ask: bool = False
    ) -> None:
        """Disable a transition with a reason, or make it ask for a person's input (4.1)."""
        with self.lock:
            for doc in self.store.all("ProgramTransition"):
                if doc["from"] == self._state(source) and doc["to"] == self._state(target):
                    confirm = {"contentType": "Confirm", "needRuntimeParams": True}
                    self.store.change(
                        doc,
                        enabled=enabled,
                        reasons=[reason] if reason else [],
                        operations=[confirm] if ask else [],
                    )

    def comment(self, deal: str, *, by: str, text: str, attached: Sequence[str] = ()) -> str:
        """Comment on a deal and return the comment's id; ``attached`` are file ids."""
        with self.acting(by) as author:
            subject = self.store.need("Deal", deal)
            attaches = [link("File", file) for file in attached]
            return str(comments.write(self, subject, text, author, attaches=attaches)["id"])

    def attach_file(self, deal: str, name: str, content: bytes = b"-", *, by: str) -> str:
        """Attach a file to a deal and return the file's id."""
        with self.acting(by) as author:
            file = files.store_file(self, name, content)
            doc = self.store.need("Deal", deal)
            body = {"contentType": "Deal", "attaches": [*doc["attaches"], bare(file)]}
            deals.update(self, doc, body, author)
        return str(file["id"])

    def _state(self, stage: str) -> Doc:
        known = company.STAGES.get(stage)
        return link("ProgramState", known[0] if known else stage)

    def _named_fields(self, fields: Mapping[str, object]) -> Doc:
        named: Doc = {}
        for name, value in fields.items():
            spec = company.DEAL_FIELDS.get(name)
            is_person = name == "manager" and isinstance(value, str)
            named[spec[0] if spec else name] = (
                self.staff(str(value)) if is_person else to_wire(value)
            )
        return named

    def _line(self, name: str, quantity: float, price: float, by: Doc) -> Doc:
        """Return a position; its product is made in the catalogue if it is not there yet."""
        offer = next((doc for doc in goods.catalogue(self) if doc["name"] == name), None)
        if offer is None:
            offer = self._product(name, price, by)
        return {
            "contentType": "OfferRow",
            "offer": bare(offer),
            "quantity": quantity,
            "price": {"contentType": "Money", "value": price},
        }

    def _product(self, name: str, price: float, by: Doc, *, article: str = "") -> Doc:
        cost = {"contentType": "Money", "value": price}
        body = {"contentType": "Offer", "name": name, "price": cost, "article": article}
        return goods.create_offer(self, body, by)
