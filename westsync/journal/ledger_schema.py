"""The tables of the ledger mirror: documents of 1C, how they belong to deals, what is paid.

Days are counted from year 1 (`date.toordinal`), sums are whole kopecks where they are indexed.
``side`` is ``client`` for invoices to clients and their money, ``supplier`` for suppliers'.
"""

from __future__ import annotations

LEDGER = (
    """CREATE TABLE ledger_invoice (
        account TEXT NOT NULL, ref TEXT NOT NULL, side TEXT NOT NULL,
        dated INTEGER NOT NULL, digits INTEGER, party TEXT NOT NULL, deal TEXT,
        missed INTEGER NOT NULL, gone INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, ref)
    ) STRICT""",
    "CREATE INDEX ledger_invoice_dated ON ledger_invoice (account, side, dated)",
    # With the order of the answer in the index, or else the planner takes the one above for it.
    "CREATE INDEX ledger_invoice_number ON ledger_invoice (account, side, digits, dated, ref)",
    "CREATE INDEX ledger_invoice_party ON ledger_invoice (account, side, party, dated, ref)",
    """CREATE INDEX ledger_invoice_deal ON ledger_invoice (account, deal, side, dated, ref)
        WHERE deal IS NOT NULL""",
    """CREATE TABLE ledger_payment (
        account TEXT NOT NULL, ref TEXT NOT NULL, side TEXT NOT NULL,
        dated INTEGER NOT NULL, party TEXT NOT NULL, kopecks INTEGER NOT NULL,
        missed INTEGER NOT NULL, gone INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, ref)
    ) STRICT""",
    "CREATE INDEX ledger_payment_dated ON ledger_payment (account, dated)",
    "CREATE INDEX ledger_payment_party ON ledger_payment (account, side, party)",
    "CREATE INDEX ledger_payment_sum ON ledger_payment (account, side, kopecks, dated)",
    """CREATE TABLE ledger_link (
        account TEXT NOT NULL, invoice TEXT NOT NULL, payment TEXT NOT NULL,
        PRIMARY KEY (account, invoice, payment)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_link_of_payment ON ledger_link (account, payment)",
    """CREATE TABLE ledger_shipment (
        account TEXT NOT NULL, ref TEXT NOT NULL, dated INTEGER NOT NULL, invoice TEXT,
        missed INTEGER NOT NULL, gone INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, ref)
    ) STRICT""",
    "CREATE INDEX ledger_shipment_dated ON ledger_shipment (account, dated)",
    "CREATE INDEX ledger_shipment_invoice ON ledger_shipment (account, invoice, dated, ref)",
    # Numbers of the bills that managers wrote into deals, for the way from an invoice to its deal.
    """CREATE TABLE ledger_bill (
        account TEXT NOT NULL, digits INTEGER NOT NULL, deal TEXT NOT NULL,
        PRIMARY KEY (account, digits, deal)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_bill_of_deal ON ledger_bill (account, deal)",
    """CREATE TABLE ledger_state (
        account TEXT NOT NULL, invoice TEXT NOT NULL, side TEXT NOT NULL, party TEXT NOT NULL,
        open INTEGER NOT NULL, looked_at INTEGER NOT NULL,
        hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, invoice)
    ) STRICT""",
    "CREATE INDEX ledger_state_party ON ledger_state (account, side, party)",
    "CREATE INDEX ledger_state_open ON ledger_state (account, side, looked_at) WHERE open",
    """CREATE TABLE ledger_question (
        account TEXT NOT NULL, payment TEXT NOT NULL, side TEXT NOT NULL, party TEXT NOT NULL,
        dated INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, payment)
    ) STRICT""",
    "CREATE INDEX ledger_question_party ON ledger_question (account, side, party)",
    "CREATE INDEX ledger_question_dated ON ledger_question (account, side, dated)",
    """CREATE TABLE ledger_candidate (
        account TEXT NOT NULL, invoice TEXT NOT NULL, payment TEXT NOT NULL,
        PRIMARY KEY (account, invoice, payment)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_candidate_of_payment ON ledger_candidate (account, payment)",
    """CREATE TABLE ledger_unsettled (
        account TEXT NOT NULL, side TEXT NOT NULL, party TEXT NOT NULL,
        PRIMARY KEY (account, side, party)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ledger_change (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL, invoice TEXT NOT NULL, at INTEGER NOT NULL, fell INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX ledger_change_of_invoice ON ledger_change (account, invoice, number)",
    # Deals that are known from before get their bill numbers when they are read the next time.
    "UPDATE deal SET hash = x''",
)
