"""Charts: functions from stored tables to Vega-Lite documents or hand-written SVG."""
