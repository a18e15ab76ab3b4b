"""Those who work here: who they are, in which roles, who is away, and who has left.

Roles say what somebody may do (people.roles). Two of them are never without anybody once somebody
has had them: who keeps the installation, and who leads the practice.
"""
