"""Composition: the one place that knows which parts are real."""
