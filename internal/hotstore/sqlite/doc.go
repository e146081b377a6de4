// Package sqlite is the embedded hot store: one SQLite file for each day of event time in a folder, with documents in
// columnar segments (docs/adr/0007-hot-sqlite.md says why). One process writes, any number read at the same time; a
// day expires by deleting its file.
package sqlite
