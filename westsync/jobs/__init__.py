"""The work of a cycle: observe, decide, act."""
