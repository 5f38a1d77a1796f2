"""How people come to move: intention, plan, move and settling, as expected counts and as single persons."""
