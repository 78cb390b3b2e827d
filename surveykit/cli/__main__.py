"""``python -m surveykit.cli``."""

from surveykit.cli.entry import main

if __name__ == "__main__":
    main()
