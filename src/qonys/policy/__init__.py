"""What can be done: measures with their parameters, what they change, and which of them matters."""
