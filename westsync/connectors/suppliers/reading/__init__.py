"""From a supplier's file to offers: unpack, sniff, read, map, normalise (contract 4 to 7)."""
