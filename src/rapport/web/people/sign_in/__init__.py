"""How those who work here come in: a passkey, or a password with a code; never one factor alone.

The first time, and after a lost device, a one-time link opens the door once. Behind it stands only
one room: setting up a second factor. Clients have no accounts; their links are another part's.
"""
