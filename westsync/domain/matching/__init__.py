"""Finding an article among a supplier's offers, and what follows from it (suppliers contract 8).

Pure: names and codes in, a match or a question to a person out. Nobody is ever promised what is
not there: whatever is not certain is asked.
"""
