// Package snapshot cuts a slice out of an archive: the RRPairs of a window that match a filter, in ascending ts, each
// uuid once, as raw.jsonl and a snapshot.json that says what it is.
//
// Records arrive from the scan in any order. They are sorted in bounded memory: sorted runs are spilled, compressed, to a
// temporary folder and merged at the end. A snapshot appears whole or not at all: its manifest is written last, and
// data files get their names only when they are complete.
package snapshot
