"""A town of simulated contacts behind a carrier's door: it imports nothing of rewarm."""
