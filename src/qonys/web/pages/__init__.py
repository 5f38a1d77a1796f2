"""Pages of the observatory: one module each, `menu` lists them in their order."""
