"""What clients and therapists are asked, when, and in which words.

A form is one questionnaire as it was when somebody filled it in; it never changes afterwards, so
an answer can be read and scored again years later. A plan says which forms come before or after
which sessions, and who answers them. Goals are a client's own words, rated from 0 to 10.
"""
