// Package deadletter keeps what cannot be archived: one line of JSON per record with the component that gave it up,
// the reason, the time and a hash of the record, in small compressed objects under deadletter/ beside the archive.
//
// The record itself is kept only when age recipients are configured, encrypted to them: it has not been redacted.
package deadletter
