"""Why people move: gravity, contributions of factors, distances, stratification, interplay of flows. Association is called so."""
