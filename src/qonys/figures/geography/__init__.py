"""Pictures of places in hand-written SVG: projection, maps of values and of flows, chords."""
