"""`python -m indexing` is `sanad index`."""

import sys

from sanad.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["index", *sys.argv[1:]]))
