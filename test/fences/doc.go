// Package fences proves that unredacted traffic reaches no disk: a real collector process, with and without redaction, and
// a search through the bytes of everything it wrote.
package fences
