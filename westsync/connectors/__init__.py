"""Other systems, each behind a port."""
