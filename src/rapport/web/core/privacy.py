"""What each stored field may reveal; every field of every model has one of these classes."""

from enum import StrEnum


class Kept(StrEnum):
    """How a field is kept, and why that is right."""

    SEALED = "sealed under the key of the person it is about"
    OWN = "sealed under the practice's own key; about nobody by name"
    ID = "a random id; says nothing by itself"
    TIME = "a time; needed to order and to remind"
    STATE = "a state of the work: planned, held, closed; needed to find what is due"
    RULE = "which form, rule or policy was in force"
    COUNT = "a number of order or of the version of a row"
    STAFF = "about somebody who works here, not about a client"
    PRACTICE = "about the practice itself"
    HASH = "a one-way hash of a secret"
