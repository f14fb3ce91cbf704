"""The crash harness (reliability 3): kill the real journal and act anywhere, restart, compare.

``python -m tests.crash CAMPAIGN`` runs one campaign by hand and prints what it found.
"""
