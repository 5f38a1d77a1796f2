"""Charts of the policy lab."""
