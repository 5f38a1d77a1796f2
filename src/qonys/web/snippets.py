"""Code that reads a file of figures at its full address, as it runs in a shell, in Python and in R."""

from __future__ import annotations


def snippets(address: str, name: str) -> tuple[tuple[str, str], ...]:
    """Language and code for the CSV file at `address`, which is written so that quotes hold it.

    Examples
    --------
    >>> dict(snippets("http://localhost:8000/en/chart/net.csv", "net"))["curl"]
    'curl --fail --output net.csv "http://localhost:8000/en/chart/net.csv"'

    """
    python = f'import polars as pl\n\naddress = "{address}"\nframe = pl.read_csv(address, infer_schema_length=None)'
    r = f'address <- "{address}"\nframe <- read.csv(address, fileEncoding = "UTF-8-BOM", na.strings = "")'
    return (
        ("Python", f"{python}\nprint(frame.head())"),
        ("R", f"{r}\nprint(head(frame))"),
        ("curl", f'curl --fail --output {name}.csv "{address}"'),
    )
