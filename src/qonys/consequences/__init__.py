"""What migration does to a population: size, ages, composition, labour, skills and loads."""
