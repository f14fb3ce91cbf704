"""What is wrong with rules that are well written: what can never happen, or would happen twice.

Only what is certain is a mistake; whoever writes a rule must never have to argue with it. The
rest are hints.
"""
