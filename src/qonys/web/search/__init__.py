"""Search over what the observatory holds: in three languages at once, in any form of a word, also mistyped."""
