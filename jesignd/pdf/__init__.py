"""PDF: look before touching; rewrite only what may be rewritten; see a page as people see it."""
