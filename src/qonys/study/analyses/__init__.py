"""Methods run on a person's own files: each function reads, checks, computes and gives tidy frames."""
