"""Rules: the watch engine and the rule modules.

Pure: they know neither connectors nor the store.
"""
