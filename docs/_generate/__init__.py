"""Makes the pages of docs/reference from the code: ``scripts/reference``.

What stands in the code is read from it; what only people need (what a key is for, an example)
stands here as data beside the key. tests/unit/test_reference.py fails when either is missing.
"""
