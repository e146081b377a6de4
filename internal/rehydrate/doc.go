// Package rehydrate makes hot documents of RRPairs and brings back into a hot store what it missed: gap records in the
// archive say which hours lack documents, and a backfill reads those hours' files.
//
// The exporter and a backfill make documents in the same way, so that it does not matter which way a pair came.
package rehydrate
