"""Lets `python -m benchmarks` run them all."""

import sys

from benchmarks.run import main

sys.exit(main(sys.argv[1:]))
