// Package planted proves what redaction promises: a secret of any kind, planted anywhere in a recording in any spelling,
// is nowhere in what would be stored.
package planted
