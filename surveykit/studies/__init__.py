"""Published studies, each in code that reads like its paper."""
