"""`kg serve`: the store as a SPARQL endpoint and as pages for people, read-only.

    server    the listening socket, signals, uvicorn
    app       routes: what is asked for, and which pool of workers answers
    guard     what holds of every request and response: Host check, headers, the log
    accept    content negotiation
    protocol  a request of the SPARQL 1.1 Protocol to a query
    pool      worker processes that can be killed, and a bounded number of them at once
    worker    what runs in such a process
    endpoint  in a worker: a query to an answer within limits
    pages     in a worker: a path to a page, in HTML or RDF

The process that listens opens no store: whatever a query does, it happens in a process that can be ended.
"""
