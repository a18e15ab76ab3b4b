"""An answer that a person must answer: told to a named person until somebody acknowledges it.

Nothing here computes a level of risk and nothing here says that somebody is safe. A flag holds what
was asked and answered; it closes only when a named person wrote down what was done.
"""
