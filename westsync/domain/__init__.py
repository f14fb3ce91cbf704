"""Values and pure functions: what the company's world is made of."""
