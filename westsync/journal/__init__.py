"""The durable memory: mirror, cursors, episodes, outbox and audit in one SQLite file."""
