"""Reports (P8): figures counted from gathered rows, and how they look; pure but for bytes out."""
