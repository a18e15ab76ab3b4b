"""The practice application: who may see and do what, from invitation to repair.

Each folder is one step of care and has the same files in the order one reads them: models, queries
(read, give records), actions (write, with audit), errors, forms, views, urls. Later steps look at
earlier ones, never back; from another folder only its queries, actions and errors are imported.
"""
