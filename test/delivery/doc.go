// Package delivery proves that what was acknowledged is in the archive: a real collector process, killed, cut off
// from its store and restarted, while senders send and note what was acknowledged. With a hot store beside the archive,
// that one may be slow or away: senders do not notice, and its index is complete in the end.
//
// BYOC_DELIVERY_OUTAGE=5m lengthens the time for which the hot store is away.
package delivery
