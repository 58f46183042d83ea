"""What the suites that judge XMPP have in common: a server of their own, waiting with a deadline, counting."""
