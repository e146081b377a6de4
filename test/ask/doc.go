// Package ask asks a real OpenSearch with the built tool, as a user does: every verb that reads or manages a hot store,
// the answers compared with those of the archive, and what is said when something is wrong.
package ask
