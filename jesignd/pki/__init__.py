"""PKI: our own authority: a root that may be kept offline, an issuing authority, what it issues and what it revokes."""
