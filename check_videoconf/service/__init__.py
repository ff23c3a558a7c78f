"""Checks in processes that stay: the service, and what pollers' own protocols do with it.

pool.py runs checks in worker processes (worker.py); serve.py takes them from a socket.
"""
