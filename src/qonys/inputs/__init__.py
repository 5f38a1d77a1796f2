"""The only door to a pack's tables: figures by id as quantities whose lineage names rows."""
