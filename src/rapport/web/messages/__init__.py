"""Messages to clients and nudges to staff: written down first, then handed over until it is done.

A message says nothing about anybody: it carries a link, and a link that stops all messages. Where
it goes is looked up when it goes, so no address is ever copied.
"""
