// Package queue is the durable queue in front of the exporters that write to stores.
//
// Records are turned into opaque encoded blocks on the caller's goroutine, before they are queued, so that
// the queue never decodes, sizes or splits them again. Around the collector's own persistent queue this
// package adds what that queue lacks:
//
//   - a failed push is retried for ever, and only the blocks that remain are retried;
//   - an item that cannot be read is handed to the handler (for a dead letter) instead of being deleted;
//   - recovery after a crash loses nothing, wherever it is interrupted;
//   - a full disk is an error to the sender, and no capacity is lost by it;
//   - the state of the last push is the exporter's health.
package queue
