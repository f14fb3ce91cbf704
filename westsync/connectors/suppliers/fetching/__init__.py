"""Getting a source's file: by link, FTP, mail, from a folder, from a JSON API (contract 3)."""
