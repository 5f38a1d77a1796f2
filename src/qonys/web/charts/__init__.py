"""Charts of the observatory: one module a subject, `catalogue` lists them all."""
