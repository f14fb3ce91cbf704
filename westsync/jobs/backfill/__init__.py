"""The one-off reconciliation of Megaplan with 1C: read, compare, and what is done about it."""
