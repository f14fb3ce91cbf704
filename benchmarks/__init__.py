"""Measurements of westsync beside its peers (performance.md 9); see README.md in this directory."""
