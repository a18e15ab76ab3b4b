"""A card with a standing address: scanned at the door, it opens what is due now after a short PIN.

The address alone opens nothing, and neither does the PIN. Both are kept as hashes, the PIN's under
the client's own key; after five wrong tries a card is closed until its therapist gives new ones.
"""
