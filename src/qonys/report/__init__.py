"""Pages, charts and tables from stored results; nothing is computed here but layout."""
