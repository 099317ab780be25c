// Package geopackage reads and writes OGC GeoPackage files (1.3): SQLite databases that hold feature tables, attribute
// tables and a catalogue of both, and that QGIS, GDAL and most other GIS programs open directly.
//
// # Connections
//
// A file opened for writing gets a pool of exactly one connection, so writers of this process queue in database/sql
// (and leave the queue when their context ends) instead of failing with "database is locked". Code that holds a
// transaction or an open row set on that pool must not ask the pool itself for anything: with one connection, that
// waits for ever. Pass the transaction on instead; every function here takes a Session for that reason.
// A file opened with Options.ReadOnly gets a pool of several connections that cannot write. A live store opens both on
// the same file, the writer first, and closes the writer last, because only a writer can fold the log into the file.
//
// # Durability
//
// Files are kept in write-ahead-log mode with synchronous=FULL: a commit is on disk when it returns, a process killed
// at any moment leaves a consistent file, and readers (of this or another process) never wait for the writer. While
// the file is open, and after a kill, the newest commits are in the neighbouring "-wal" file: copy a live file with
// VACUUM INTO, never with a plain copy. Options.SingleFile leaves the log out, for files that are made to be handed on.
//
// SQLite's locks are POSIX locks, which a process loses on a file as soon as it closes any descriptor of that file.
// So nothing in a process may os.Open a GeoPackage that the same process has open here; this package never does.
package geopackage
