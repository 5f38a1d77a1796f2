"""Why people move: gravity, contributions of factors, stratification, interplay of flows. Association is called so."""
