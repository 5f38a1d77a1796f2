"""Made-up registers, drawn to published margins; simulated wherever they appear."""
