"""Megaplan API v3 behind the CRM ports (contracts/megaplan.md)."""
