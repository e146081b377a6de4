// Package servicemap draws who calls whom from the groups of an aggregation.
//
// Traffic is captured at a service, in both directions: what comes in has a caller as its peer, what goes out the host that
// was called. A call between two captured services is therefore seen twice, once at either end, and counted once: as its
// caller saw it, with what the callee saw beside it.
package servicemap
