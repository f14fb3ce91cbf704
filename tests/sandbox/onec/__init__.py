"""Tests of the stand-in of 1C."""
