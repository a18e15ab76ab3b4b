"""The practice, those who work there, clients, and the cases that bring them together.

A case has members. What a member writes belongs to that membership and is never put together with
another member's in one row; whoever looks at a case sees only memberships that are theirs to see.
"""
