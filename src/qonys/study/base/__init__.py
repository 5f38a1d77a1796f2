"""What a projection starts from."""
