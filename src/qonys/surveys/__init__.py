"""What people say and how they settle: designs, weighted estimates, motives, potential, adaptation, settling."""
