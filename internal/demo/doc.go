// Package demo makes the traffic of a small web shop: RRPairs as a capture forwarder records them, from a seed.
//
// It is test data that belongs to the project: shaped and sized like real recordings, never repeating itself (so that
// compression figures are honest), with planted personal data and a list of what was planted. The same options give the
// same bytes on every machine. Nobody in it exists: names, cards, keys and addresses are drawn at random.
package demo
