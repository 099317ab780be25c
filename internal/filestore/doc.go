// Package filestore keeps editions in a directory, without any server. It holds three files:
//
//	registry.gpkg   editions, areas, households, programmes, enrolments: a GeoPackage that QGIS opens while a store is open
//	ledger.sqlite   API keys, the audit log, spendings, changes: what must not travel with a copied registry
//	lock            held by the one process that has the store open, with its process id
//
// Drafts are rows of the same tables as what is published; the column edition tells them apart. So publishing moves no
// household: it writes hashes, record keys and the time of publication, in one transaction.
//
// Writers queue. A sequence given to a Put method may read the store but must not write to it: it would wait for itself.
package filestore
