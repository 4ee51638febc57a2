"""Reports that make themselves: what is due when, made by a plan, told to whom it concerns."""
