"""Which money is for which invoice, and how far each invoice is paid (1C contract 7.3, 7.4).

Everything here is a pure function of documents: the same documents give the same answer in any
order and on any machine, so a match is never remembered, only found again.
"""
