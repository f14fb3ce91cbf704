"""Mail behind the port `Messenger`: one notice, one message, one conversation over SMTP."""
