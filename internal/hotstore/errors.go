package hotstore

import "errors"

// The errors that callers tell apart; drivers wrap them with the store's words and with what to do.
var (
	ErrNoDocument   = errors.New("no such document")
	ErrNotSetUp     = errors.New("the hot store is not set up")          // run `byoc hotstore init`
	ErrDenied       = errors.New("the hot store denies access")          // credentials, roles
	ErrUnreachable  = errors.New("the hot store cannot be reached")      // network, or it is down: retry
	ErrUnsupported  = errors.New("the hot store cannot do this")         // names the capability
	ErrInvalidQuery = errors.New("the hot store does not understand it") // a field that it does not hold
)
