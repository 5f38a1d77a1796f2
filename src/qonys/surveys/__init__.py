"""Sample surveys of migrants: designs, weighted estimates, motives, migration potential, adaptation, retention."""
