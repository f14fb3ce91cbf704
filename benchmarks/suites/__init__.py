"""The suites: each module has ``NAME``, ``MEANING`` and ``measure(options)``."""
