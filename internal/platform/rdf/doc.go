// Package rdf writes graphs as they are told, one subject after the other, as Turtle (RDF 1.1) or as JSON-LD 1.1: a graph of any size in the memory
// of a few subjects. Everything that is no constant of the program is escaped.
//
// It reads nothing, keeps no graph and knows no vocabulary. Package rdftest reads what it writes, for tests.
package rdf
