// Asks SPARQL endpoints: {"sources": [URL…], "query": TEXT} on stdin, the answer in its standard form on stdout.
import { readFileSync } from 'node:fs';
import { QueryEngine } from '@comunica/query-sparql';

const { sources, query } = JSON.parse(readFileSync(0, 'utf8'));
const engine = new QueryEngine();
const result = await engine.query(query, { sources });
const type = result.resultType === 'quads' ? 'application/n-quads' : 'application/sparql-results+json';
const { data } = await engine.resultToString(result, type);
for await (const piece of data) process.stdout.write(piece);
