"""Our own web server: health, readiness, metrics, and the door for Megaplan's events.

Only a daemon whose settings name `http.listen` imports anything of it.
"""
