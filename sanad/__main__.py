"""`python -m sanad`, and the `sanad` console command."""

import sys

from sanad.app import run


def main(arguments: list[str] | None = None) -> int:
    """Run the command line `arguments` (default: the process's) and return its exit status."""
    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
