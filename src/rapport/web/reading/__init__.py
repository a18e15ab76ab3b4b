"""What the answers so far say: change against own history, both views, the expected course.

Computed from the stored answers by the same science as ``rapport read``, with what the practice's
own courses taught (learnt at night, stored with its version). Nothing here is stored as truth: a
standing is a note of what was computed, thrown away as soon as anything it stands on has changed.
"""
