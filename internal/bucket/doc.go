// Package bucket is the one way to an object store: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob
// Storage, a folder, or memory.
//
// It stands on gocloud.dev/blob and adds what an archive needs and a portable library leaves out: its own reading of
// URLs with errors that name the mistake, put-if-absent whose outcome is told apart from failure on every store,
// errors sorted into a few kinds with advice on what to do, bounded retries, time limits that grow with the size of
// an upload, and a folder that survives a power cut.
//
// Secrets never appear in an error or in Identity.
package bucket
