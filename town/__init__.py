"""A town of simulated contacts behind a carrier's door: it knows nothing of rewarm and imports nothing of
it."""
