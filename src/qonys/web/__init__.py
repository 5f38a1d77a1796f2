"""The observatory in a browser: reads stored results, lays out, translates; computes nothing."""
