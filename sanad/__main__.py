"""`python -m sanad`, and the `sanad` console command."""

import os
import sys

from sanad.app import run


def main(arguments: list[str] | None = None) -> int:
    """Run the command line `arguments` (default: the process's) and return its exit status."""
    # numpy's products are small here: threads for them only take the cores from the model's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
