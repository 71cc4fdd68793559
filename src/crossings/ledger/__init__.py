"""Documents and claims kept for good, reviewed, side by side where sources disagree."""
