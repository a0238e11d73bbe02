"""Imports: people registered from a file, row by row, each with its own result.

A file is read at the door (`sheets`) by the columns that `data/columns.toml` declares (`columns`)
and is not kept; its rows lie sealed (`spool`) until a task has worked them off (`work`).
"""
