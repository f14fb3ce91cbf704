"""The fact catalogue: every fact that rules and texts may use, with its type and source.

One entry here is all it takes: the linter, the expression types, the reference page and
`westsync explain` follow from it (style.md). Values are computed in `westsync.rules`.
"""
