"""`python -m worker` is `keepwarm`."""

from worker.cli import main

if __name__ == "__main__":
    main()
