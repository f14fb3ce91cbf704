"""A supplier's web portal, searched slowly and only for what a deal needs (contract 9)."""
