// Package federate answers one question from several places: the archive as if it were a hot store, and the hot store for
// the times that it holds together with the archive for the rest, no pair twice.
package federate
