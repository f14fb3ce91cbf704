"""1C:Enterprise behind the ledger ports: OData and our own SOAP service (1C contract)."""
