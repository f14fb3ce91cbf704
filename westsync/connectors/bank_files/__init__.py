"""Bank statements in exchange files (``kl_to_1c.txt``; 1C contract 5.1)."""
