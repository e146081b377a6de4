// Package filter is the traffic filter language: one parser for its text form
// and its JSON form, one three-valued evaluator over any Source of one record,
// and the questions a store asks before it reads anything (MayMatch, Window,
// Fields).
//
// # Text form
//
//	query  := term { OR term }                 AND binds tighter than OR
//	term   := factor { AND factor }
//	factor := "(" query ")" | crit
//	crit   := key [ "[" sub "]" ] op { value }
//	op     := IS | NOT | CONTAINS | NOT CONTAINS | REGEX | NOT REGEX
//	        | IN | NOT IN | EXISTS | NOT EXISTS | > | >= | < | <=
//	value  := bare word | "quoted, with \ escapes"
//
// A bare word does not begin with a single quote, which would look like quoting.
// It ends at white space, a parenthesis or a quote, and a backslash in
// it is an ordinary character. In a quoted value a backslash takes the next
// character as it is, except after REGEX: there only \" is an escape and every
// other backslash belongs to the expression. A sub keeps its brackets balanced;
// in header[…] and tag[…] a backslash takes the next character as it is.
//
// # What it means
//
//   - Keys, operators, AND and OR are matched without regard to case; so are
//     header names. Values are case-sensitive, except those whose field has one
//     spelling: direction, error, uuid, trace, status classes, units; and text,
//     which looks for its words in any case.
//   - Several values after IS, CONTAINS or REGEX mean any of them. IN is IS.
//   - NOT is the exact complement: NOT a b is true when no value of the field
//     is a or b. So it is true for a record without the field, and for a header
//     with several values only when none of them is equal.
//   - A plain field that a record lacks is the empty string (as in proto3), so
//     session IS "" finds records without session. EXISTS is true when a plain
//     field is not empty, or when a header, a tag or a body value is there at
//     all, empty or null included.
//   - A duration that is missing is 0. A bare number after duration is
//     milliseconds, after size bytes. KB is 1000 bytes, KiB 1024.
//   - > >= < <= on status, headers, tags and body values compare numbers; what
//     is not a number does not match.
//   - 5xx stands for every status of three digits that begins with 5.
//   - timerange IS a b: a inclusive, b exclusive. One value must be a day and
//     means all of it. ts > a, ts >= a, ts < a and ts <= a compare one instant.
//     A record without a time matches none of them (but matches their NOT).
//   - REGEX is RE2 and finds its expression anywhere in the value; use ^ and $.
//   - text finds its words in every key and value of the record and in its
//     decoded bodies, never across two of them. IS and CONTAINS are the same.
//   - req_json[a.b[0].c] and resp_json[…] walk into a JSON body; [*] stands for
//     every element, \ takes a dot or bracket in a name as it is. A number,
//     true, false or null is its own text, an object or array its JSON text.
//   - req_xpath[/a/b], [//b], [//b/@id], [*], [b[2]], [b[@id='7']],
//     [b[name='x']], [a/text()] walk into an XML body; prefixes are ignored.
//     req_soapxpath starts inside the SOAP Body. req_xml[a.b] is
//     req_xpath[//a/b]. The value of an element is its text, trimmed.
//   - reqbodyjson IS {"body": …, "ignore_keys": […]} is true when the request
//     body is equal JSON: order of members and spelling of numbers do not
//     matter, members named in ignore_keys are left out at every depth.
//   - sample IS 1/5 keeps whole sessions (the session, else the uuid);
//     sample[rrpair] decides for each record. See Sample.
package filter
