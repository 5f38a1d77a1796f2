"""The policy lab's model."""
