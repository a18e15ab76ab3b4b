"""The response plan: who answers when somebody may be at risk, who steps in, when; what is said.

Until it is whole no question about risk is asked (promise P4); when the last who would answer is
away or leaves, such questions close again by themselves.
"""
