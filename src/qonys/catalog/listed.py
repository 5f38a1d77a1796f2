"""A document of a pack that is one list of entries."""

from __future__ import annotations

from qonys.catalog.pack import Pack
from qonys.catalog.reading.formats.settings import named_values
from qonys.catalog.reading.numbers.entries import Entry


def listed(pack: Pack, file: str, name: str) -> tuple[Entry, ...]:
    """The entries of the list `name`, all that the document `file` holds; none where there is no file.

    Raises
    ------
    BadInput
        The file is no YAML of such a list.

    """
    document = pack.document(file) if (pack.path / file).is_file() else None
    if document is None:
        return ()
    path = f"{pack.path.name}/{file}"
    whole = Entry(path, "", named_values(document, path))
    whole.only((name,))
    return tuple(whole.entries(name))
