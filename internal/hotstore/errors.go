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
	// ErrNotHeld comes with ErrInvalidQuery: the documents of this store do not hold what the filter asks for; the archive does.
	ErrNotHeld = errors.New("the hot documents do not hold it")
	ErrDamaged = errors.New("the hot store is damaged") // destroy it, and backfill from the archive
)

// Advice says what a user can do about an error of a hot store, "" where there is nothing to say.
func Advice(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrNotSetUp):
		return "run `byoc hotstore init`, or leave `manage: true` so that the collector does it at its start"
	case errors.Is(err, ErrDenied):
		return "check the credentials of the hotstore extension and what their role may do"
	case errors.Is(err, ErrUnreachable):
		return "check the address, the network and whether the store is up; the archive answers meanwhile (--source archive)"
	case errors.Is(err, ErrUnsupported):
		return "ask the archive (--source archive)"
	case errors.Is(err, ErrNoDocument):
		return "it may be older than the retention of the hot store: ask the archive (--source archive)"
	default:
		return ""
	}
}
