"""``python -m agilekit``"""

from agilekit.cli import main

if __name__ == "__main__":
    main()
