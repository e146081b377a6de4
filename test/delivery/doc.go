// Package delivery proves that what was acknowledged is in the archive: a real collector process, killed, cut off
// from its store and restarted, while senders send and note what was acknowledged.
package delivery
