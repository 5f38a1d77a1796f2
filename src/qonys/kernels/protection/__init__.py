"""Protection of counts of persons before they are published: noise by cell keys, and what readers can derive."""
