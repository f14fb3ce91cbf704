"""The stage of ``westsync demo``: a company works on loopback, the daemon watches, both are judged.

The play knows by hand what has to follow from each planted lapse and when; it asks neither the
rules nor the calendars of the daemon, so that it can find both wrong. What happened is read from
the stand-ins of Megaplan and 1C, never from the daemon's own journal (but for the name of the rule
behind a comment, which no person needs to see in it).
"""
