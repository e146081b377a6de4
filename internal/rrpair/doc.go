// Package rrpair holds one RRPair, a captured request with its response, and
// converts it between an OTLP log record and a line of raw.jsonl.
//
// A [Pair] is compact JSON text together with an index of its members: no tree
// of Go values is built, so a record costs a scan and a copy. What a Pair holds
// equals what came in as canonical JSON (RFC 8785), with these documented
// exceptions, which follow from proto3 JSON and from what pdata can carry:
//
//   - null for a known field is the same as its absence and is left out;
//   - a missing or empty uuid is derived from the content;
//   - from a log record, cluster, namespace and service that are missing, empty
//     or "undefined" are filled from the attributes;
//   - from a log record, an integer in a field that the model writes as a 64-bit
//     integer string becomes that string, and bytes become standard base64.
//
// Text is normalised: no white space, strings escaped as RFC 8785 wants (so two
// equal strings have equal text), known members in the model's order, unknown
// ones behind them in their order of arrival. Numbers keep the digits they came
// with.
//
// Refused, with a [DecodeError] that says what and where: text that is no JSON,
// strings that are not UTF-8, numbers beyond a double, an object that names a
// member twice (which of the two a reader would see is anybody's guess), and
// what is nested deeper than [MaxDepth]. A known field of another type than the
// model's is kept as it is; the accessors then report it as absent.
package rrpair
