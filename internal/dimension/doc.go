// Package dimension says what a pair is about: it gives every field of the
// filter language its value, the derived ones included, so that a search, a
// snapshot, a rehydration and a drop rule see the same.
//
// A Record stands for a loaded pair or for a log record; of one whose body is a
// map it reads the members where they lie. Rules are what a user has set.
//
// The derived dimensions:
//
//   - error: "true" or "false", as rrpair.Failed decides from the status; HTTP 4xx
//     too where the settings say so.
//   - endpoint: the location with its variable parts named. The user's templates
//     go first; then of a path: numbers
//     {id}, UUIDs {uuid}, dates and timestamps {date}, e-mail addresses {email},
//     eight or more hex digits with letters and figures among them {hash}, long
//     mixed-case or figure-rich words {token}; a segment of several parts keeps
//     the others ("ftjob-{token}", "p-{id}"); what redaction put in the place of a
//     value {redacted}; the query is left out. A Limiter bounds how many there are. Of SQL: the
//     shape of the statement, with literals, parameters and their lists as ?,
//     comments left out and white space single.
//   - peer: who is at the other end, without port. For OUT the host that was
//     called: http.req.host, else netinfo.upstream.hostname, else the host of
//     network_address, else netinfo.upstream.ipAddress. For IN the caller:
//     netinfo.downstream.hostname, else its ipAddress; never what a request says
//     of itself (User-Agent, X-Forwarded-For), which anyone can write.
//   - trace: rrpair.TraceID. Span comes from the same place.
//   - size: bytes of the compact JSON. duration: nanoseconds, 0 when absent.
package dimension
