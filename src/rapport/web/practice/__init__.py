"""The day of somebody who works here: what waits for a person, who comes, what came in."""
