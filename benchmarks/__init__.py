"""How fast the course trains, beside its peers: ``python -m benchmarks``."""
