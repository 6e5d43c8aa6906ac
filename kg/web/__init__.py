"""`kg serve`: the store as a SPARQL endpoint and as pages for people, read-only.

    reply       what is answered, and how it is said no
    accept      content negotiation
    endpoint    in a worker: a query to an answer within limits
    links       in a worker: where a thing of the graph is shown
    grid        in a worker: tables that are sorted and paged by links
    render      templates to HTML
    rdf         in a worker: what is said of a thing, as RDF
    schemaorg   in a worker: the same in a few words, for search engines
    things      in a worker: what the page of a thing shows
    questions   in a worker: stored questions as forms, and their answers
    pages       in a worker: a path to a page
    warming     in a worker: what it comes to hold before it answers
    worker      what runs in the processes that answer
    pool        such processes, which can be killed, and a bounded number of them at once
    protocol    a request of the SPARQL 1.1 Protocol to a query
    app         routes: what is asked for, and which pool answers
    guard       what holds of every request and answer: Host check, headers, the log
    server      the listening socket, signals, uvicorn

The process that listens opens no store: whatever a query does, it happens in a process that can be ended.
"""
