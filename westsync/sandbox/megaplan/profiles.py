"""Which fields an entity shows where: in a list, nested in another, on its own card.

A list returns a basic subset, a card everything (contract 2.7). What is nested shows a short
profile; types without one are nested as bare links.
"""

from __future__ import annotations

# What lists return without ``fields``. Types that are not here return what they hold.
LISTED: dict[str, tuple[str, ...]] = {
    "Deal": ("number", "name", "manager", "contractor", "state", "price", "program"),
    "Task": ("name", "status", "responsible", "owner", "isUrgent", "humanNumber"),
    "Project": ("name", "status", "responsible", "owner", "humanNumber"),
    "ContractorCompany": ("name", "type", "responsibles"),
    "ContractorHuman": ("name", "firstName", "middleName", "lastName", "type", "responsibles"),
    "Offer": ("name", "article", "price", "unit", "type", "category"),
    "Program": ("name", "isBpm", "roles", "possibleActions"),
    "Employee": (
        "name",
        "firstName",
        "middleName",
        "lastName",
        "position",
        "department",
        "uid",
        "login",
        "isWorking",
        "canLogin",
        "fireDay",
        "status",
        "nearestVacation",
        "contactInfo",
    ),
}

_CLIENT = (
    "name",
    "type",
    "contactInfo",
    "responsibles",
    "isDropped",
    "humanNumber",
    "timeCreated",
    "timeUpdated",
)
NESTED: dict[str, tuple[str, ...]] = {
    "Comment": ("content", "owner", "subject", "attaches", "timeCreated", "timeUpdated"),
    "ContractorCompany": _CLIENT,
    "ContractorHuman": ("firstName", "middleName", "lastName", *_CLIENT),
    "ContractorType": ("name", "type"),
    "Country": ("name",),
    "Currency": ("name", "abbreviation"),
    "Deal": ("number", "name", "state"),
    "Department": ("name",),
    "Employee": (
        "name",
        "firstName",
        "lastName",
        "position",
        "department",
        "uid",
        "isWorking",
        "canLogin",
        "contactInfo",
    ),
    "EmployeeStatus": ("name", "masterType"),
    "File": ("name", "extension", "mimeType", "size", "path", "timeCreated"),
    "FinOperation": ("number", "kind", "status", "sum", "date"),
    "FinOperationType": ("name",),
    "FinRealAccount": ("name",),
    "Invoice": (
        "number",
        "name",
        "invoiceDate",
        "deadline",
        "status",
        "possibleStatuses",
        "sum",
        "payer",
        "actualPaymentDate",
        "deal",
    ),
    "InvoiceTemplate": ("name",),
    "Offer": ("name", "article", "price", "unit", "type", "originalOffer"),
    "OfferCategory": ("name", "type"),
    "OfferRow": ("name", "offer", "quantity", "price", "sum", "tax", "unit", "discount"),
    "Payer": ("name", "type", "country", "inn", "kpp", "contractor"),
    "Program": ("name", "roles", "possibleActions"),
    "ProgramState": ("name", "entryPointName", "type", "color", "description", "isEntry"),
    "ProgramTransition": ("name", "description", "to", "reasons", "enabled", "operations"),
    "ProgramTrigger": ("name", "type", "enabled", "reasons"),
    "Task": ("name", "humanNumber", "status", "responsible", "deadline"),
    "Tax": ("name", "rate"),
    "Todo": ("name", "status", "category", "when", "responsible"),
    "TodoCategory": ("name", "masterType"),
    "TodoStatus": ("name", "masterType"),
    "Unit": ("name",),
    "Vacation": ("name", "type", "firstDay", "lastDay"),
}

# Links that stay bare wherever they stand (4.5, 4.12, 4.1).
BARE = frozenset(
    {
        ("Changeset", "author"),
        ("Changeset", "entity"),
        ("Changeset", "generatedBy"),
        ("BasedOnHistory", "basedModel"),
        ("BasedOnHistory", "generatedModel"),
        ("BasedOnHistory", "user"),
        ("Comment", "owner"),
        ("Comment", "subject"),
        ("DealStatusHistory", "fromStatusUser"),
        ("DealStatusHistory", "toStatusUser"),
        ("Notification", "subject"),
        ("Todo", "relations"),
        ("TriggerLogSet", "programInstance"),
        ("TriggerLogSet", "user"),
        ("ProgramState", "program"),
    }
)
