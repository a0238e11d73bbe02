"""Replay: any view of any service made again from the log alone, as of any instant.

    history = await LoggedHistory.open(address)          # or FolderHistory.open(path)
    made = await rebuild(services, history, Cut(happened=..., known=...), scratch)

Two clocks: when something happened (`time` of an entry) and when it became known (`recordedtime`).
What is personal is not in the log, and no view is made of it; which tables follow from no event at
all, each service declares (`Service.apart`).
"""
