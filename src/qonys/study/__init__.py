"""The study: the only room that wires the others. Chapters compute named results; faces show them."""
