"""A national pack of any country from the files that the United Nations and the World Bank publish.

One reader a format (`wpp`, `desa`, `unhcr`, `wdi`): columns are found by their headings, never by their place, and
large files are read line by line. `making.make_pack` joins what was read into tables of the shapes of the shipped
packs, writes the folder under a temporary name, checks it by all rules of `catalog.checks` and only then gives it its
own name. Nothing is downloaded.
"""

from __future__ import annotations
