"""What a forecast from a past year takes of the pack."""
