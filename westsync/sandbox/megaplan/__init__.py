"""A stand-in of Megaplan on loopback that behaves as contract section 9 demands."""
