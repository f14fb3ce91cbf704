"""What every stand-in of an outside system is made of, whatever it stands for.

A world with its clock, doubts, faults and log; a server on loopback; the service that lets
requests suffer the faults; the control API; the naming of breaches.
"""
