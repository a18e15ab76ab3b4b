"""A made-up two-question instrument, for examples and tests: no questionnaire anybody uses."""

from rapport.science.scoring.read import read_instrument

MOOD_TOML = """
id = "mood"
title = "Two made-up questions"
version = "1"
family = "outcome"
informant = "client"
recall = "today"
language = "en"

[licence]
class = "ship-text"
tier = "A1"
spdx = "CC0-1.0"
statement = "Made up for this page."
attribution = "The Rapport authors"

[verification]
status = "ready"
text = "made up"

[answers.amount]
options = [
  { value = 0, label = "not at all" },
  { value = 1, label = "a little" },
  { value = 2, label = "much" },
  { value = 3, label = "completely" },
]

[[items]]
id = "low"
text = "Today I felt low."
answers = "amount"

[[items]]
id = "well"
text = "Today I felt well."
answers = "amount"
reverse = true

[scoring]
described = "sum after reversing the second question"
direction = "higher is worse"
missing = "both needed"
prorate = false

[[scores]]
id = "total"
method = "sum"
items = ["low", "well"]
minimum = 0
maximum = 6
higher_is_better = false
"""

MOOD = read_instrument(text=MOOD_TOML, name="mood.toml")
