"""Papers: the documents that the service itself writes for people."""
