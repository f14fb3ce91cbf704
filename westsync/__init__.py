"""westsync: keeps a trading company's standards beside its Megaplan."""

__version__ = "0.1.0"
