"""Delivery: how facts get from the service that stored them to everybody who listens.

The relay copies a service's history to the bus. A consumer takes the history of one source, its
own or another's, to one view, policy or effect, each fact once in effect. A worker runs them all.
Written against ports alone, so that the simulation runs this very code on a virtual clock.
"""
