"""Protection of tables of a register before others see them, and tests of what readers can derive from them."""
