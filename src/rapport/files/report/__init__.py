"""The HTML report: one self-contained file, caseload first, then a page per client.

No network, no script: the style and the pictures stand in the file. Everything that people
wrote is escaped.
"""
