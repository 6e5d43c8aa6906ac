"""What one writes by hand in an afternoon: PyYAML, rdflib, pySHACL. The build is measured against it.

    python bench/handwritten.py CORPUS OUT.ttl|OUT.nt [--check]

It reads the sidecar layout, makes figure, paper, genes and one annotation for each row of the gene table with
its word, match and source, checks the whole graph once with the project's figure, paper and gene shapes, and
writes it. It resolves no keywords and knows no ambiguity, no organism support and no noise: less than the build.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from pathlib import Path

import rdflib
import yaml
from rdflib import RDF, RDFS, XSD, Literal, Namespace, URIRef

SCHEMA = Namespace("https://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
KG = Namespace("https://w3id.org/pathway-figure-kg/vocab#")
WP = Namespace("http://vocabularies.wikipathways.org/wp#")
DOCO = Namespace("http://purl.org/spar/doco/")
FABIO = Namespace("http://purl.org/spar/fabio/")
TIER = {"ncbigene_symbol": "Symbol", "ncbigene_synonym": "Synonym", "famplex_relations": "Family"}


def record(graph: rdflib.Graph, path: Path, data: Path) -> None:
    """Add one record and its gene table."""
    document = yaml.load(path.read_text(encoding="utf-8").split("---\n")[1], Loader=yaml.CSafeLoader)
    figid = document["figid"]
    figure = URIRef(f"https://pfocr.wikipathways.org/figures/{figid}.html")
    paper = URIRef("https://identifiers.org/pmc/" + document["pmcid"])
    add = graph.add
    add((figure, RDF.type, SCHEMA.ImageObject))
    add((figure, RDF.type, DOCO.Figure))
    add((figure, SCHEMA.identifier, Literal(figid)))
    add((figure, SCHEMA.name, Literal(document["figtitle"])))
    add((figure, SCHEMA.alternateName, Literal(document["figid_alias"])))
    add((figure, SCHEMA.caption, Literal(document["caption"])))
    add((figure, SCHEMA.position, Literal(document["number"])))
    add((figure, SCHEMA.url, URIRef("https://www.ncbi.nlm.nih.gov" + document["figlink"])))
    add((figure, KG.figureType, Literal(document["figtype"])))
    add((figure, KG.pathwayScore, Literal(str(document["automl_pathway"]), datatype=XSD.double)))
    add((figure, SCHEMA.isPartOf, paper))
    add((paper, RDF.type, SCHEMA.ScholarlyArticle))
    add((paper, RDF.type, FABIO.JournalArticle))
    add((paper, RDF.type, WP.PublicationReference))
    add((paper, SCHEMA.name, Literal(document["papertitle"])))
    add((paper, SCHEMA.datePublished, Literal(document["year"], datatype=XSD.gYear)))
    add((paper, DCTERMS.bibliographicCitation, Literal(document["reftext"])))
    add((paper, SCHEMA.sameAs, URIRef("https://doi.org/" + document["doi"])))
    for keyword in document["keywords"].split(" | "):
        add((paper, SCHEMA.keywords, Literal(keyword)))
    table = data / f"{figid}-genes.tsv"
    if not table.exists():
        return
    best: dict[URIRef, str] = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            gene = URIRef("https://identifiers.org/ncbigene/" + row["ncbigene_id"])
            taxon = URIRef("http://purl.obolibrary.org/obo/NCBITaxon_" + row["organism_id"])
            source = KG["source-" + row["source"]]
            key = "\x1f".join((gene, row["word"], row["match"], row["source"]))
            mention = URIRef(f"{figure}#mention-{hashlib.sha256(key.encode()).hexdigest()[:16]}")
            add((gene, RDF.type, SCHEMA.Gene))
            add((gene, RDF.type, WP.GeneProduct))
            add((gene, SCHEMA.name, Literal(row["ncbigene_symbol"])))
            add((gene, RDFS.label, Literal(row["ncbigene_symbol"])))
            add((gene, SCHEMA.taxonomicRange, taxon))
            add((taxon, RDF.type, SCHEMA.Taxon))
            add((taxon, RDFS.label, Literal(row["organism_name"])))
            add((mention, RDF.type, OA.Annotation))
            add((mention, OA.hasTarget, figure))
            add((mention, OA.hasBody, gene))
            add((mention, KG.word, Literal(row["word"])))
            add((mention, KG.match, Literal(row["match"])))
            add((mention, KG.statedIn, KG.sidecar))
            add((mention, DCTERMS.source, source))
            add((source, RDF.type, KG.MentionSource))
            add((figure, SCHEMA.mentions, gene))
            best[gene] = min(best.get(gene, row["source"]), row["source"], key=list(TIER).index)
    for gene, source_name in best.items():
        add((figure, KG["mentions" + TIER[source_name]], gene))


def main() -> None:
    """Read, check, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    graph = rdflib.Graph()
    for path in sorted((arguments.corpus / "_figures").glob("*.md")):
        record(graph, path, arguments.corpus / "_data")
    if arguments.check:
        import pyshacl

        shapes = rdflib.Graph()
        for name in ("figure", "paper", "gene"):
            shapes.parse(Path(__file__).parent.parent / "shapes" / f"{name}.ttl")
        conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
        if not conforms:
            sys.exit(text[:500])
    graph.serialize(arguments.out, format="nt" if arguments.out.suffix == ".nt" else "turtle", encoding="utf-8")
    print(f"{len(graph):,} triples")


if __name__ == "__main__":
    main()
