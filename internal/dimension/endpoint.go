package dimension

import (
	"strings"
	"unicode/utf8"
)

// maxEndpoint bounds the result in bytes: an endpoint is a name to group by, and
// a statement can be megabytes long.
const maxEndpoint = 1024

// AppendEndpoint appends the location with its variable parts named; see the
// package for the rules. Nothing for an empty location.
func AppendEndpoint(dst []byte, location, l7protocol string) []byte {
	start := len(dst)
	if isSQL(location, l7protocol) {
		dst = appendShape(dst, location, strings.HasPrefix(strings.ToLower(l7protocol), "mysql"))
	} else {
		dst = appendPath(dst, location)
	}
	if len(dst)-start > maxEndpoint {
		end := start + maxEndpoint
		for end > start && !utf8.RuneStart(dst[end]) {
			end--
		}
		dst = dst[:end]
	}
	return dst
}

// isSQL goes by the first word; a path never begins with one.
func isSQL(location, l7protocol string) bool {
	if strings.HasPrefix(location, "/") || strings.HasPrefix(strings.ToLower(l7protocol), "http") {
		return strings.HasPrefix(location, "/*") && !strings.HasPrefix(strings.ToLower(l7protocol), "http")
	}
	word, _, _ := strings.Cut(strings.TrimLeft(location, " \t\r\n("), " ")
	word, _, _ = strings.Cut(word, "\n")
	if len(word) > len("TRUNCATE") {
		return false
	}
	switch strings.ToUpper(strings.TrimRight(word, ";\t\r")) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "CREATE", "ALTER", "DROP", "TRUNCATE", "BEGIN", "COMMIT",
		"ROLLBACK", "SET", "SHOW", "EXPLAIN", "CALL", "EXEC", "EXECUTE", "REPLACE", "VALUES", "COPY", "GRANT", "REVOKE",
		"START", "SAVEPOINT", "DECLARE", "FETCH", "CLOSE", "PREPARE", "ANALYZE", "VACUUM", "LOCK", "USE", "--":
		return true
	default:
		return false
	}
}

// appendPath names the variable parts of what stands between slashes and spaces.
func appendPath(dst []byte, path string) []byte {
	if i := strings.IndexAny(path, "?#"); i >= 0 && strings.HasPrefix(path, "/") {
		path = path[:i]
	}
	for path != "" {
		end := 0
		for end < len(path) && path[end] != '/' && path[end] != ' ' {
			end++
		}
		dst = appendSegment(dst, path[:end])
		if end < len(path) {
			dst = append(dst, path[end])
			end++
		}
		path = path[end:]
	}
	return dst
}

func appendSegment(dst []byte, segment string) []byte {
	hasFigures, hasAt, hasStar := false, false, false
	for i := range len(segment) {
		hasFigures = hasFigures || isFigure(segment[i])
		hasAt = hasAt || segment[i] == '@' || segment[i] == '%'
		hasStar = hasStar || segment[i] == '*'
	}
	if len(segment) >= minMarked && isMarked(segment) || hasStar && isMasked(segment) {
		return append(dst, "{redacted}"...)
	}
	if hasAt && isAddress(segment) {
		return append(dst, "{email}"...)
	}
	if !hasFigures { // the usual segment: a name
		if len(segment) >= minToken && isMixed(segment) {
			return append(dst, "{token}"...)
		}
		return append(dst, segment...)
	}
	if name := variable(segment, 1); name != "" {
		return append(dst, name...)
	}
	if isCode(segment) {
		return append(dst, "{id}"...)
	}
	start, tokens := len(dst), 0
	for i := 0; i < len(segment); {
		end := i
		for end < len(segment) && !isSeparator(segment[end]) {
			end++
		}
		name := variable(segment[i:end], 3)
		if name == "{token}" {
			tokens++
		}
		if name == "" {
			name = segment[i:end]
		}
		dst = append(dst, name...)
		if end < len(segment) {
			dst = append(dst, segment[end])
			end++
		}
		i = end
	}
	if tokens > 1 || strings.HasSuffix(segment, "=") && len(segment) >= minToken { // one token that has separators in it, such as a JWT
		return append(dst[:start], "{token}"...)
	}
	return dst
}

// isCode knows article, invoice and ticket numbers such as JC-000113 and INV-2026-0042: capitals, figures and hyphens alone, a
// capital first, and three figures in a row. Their letters vary as their figures do.
func isCode(segment string) bool {
	run, longest, hyphens := 0, 0, 0
	for i := range len(segment) {
		c := segment[i]
		switch {
		case isFigure(c):
			run++
			longest = max(longest, run)
			continue
		case c == '-':
			hyphens++
		case c < 'A' || c > 'Z':
			return false
		}
		run = 0
	}
	return longest >= 3 && hyphens > 0 && segment[0] >= 'A' && segment[0] <= 'Z'
}

// minMarked is the fewest bytes of a surrogate that says so: REDACTED and a little
// more. The bare word is a name.
const minMarked = len("redacted") + 2

// isMarked knows what redaction puts in the place of a secret or a token: a text
// with the word redacted in it, and more that differs from value to value.
func isMarked(segment string) bool {
	const word = "redacted"
	for i := 0; i+len(word) <= len(segment); i++ {
		if segment[i]|0x20 == word[0] && strings.EqualFold(segment[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// isMasked knows a value with stars in the place of most of it.
func isMasked(segment string) bool {
	stars := strings.Count(segment, "*")
	return stars >= 3 && 2*stars >= len(segment)
}

// isMixed knows a word without figures that is no name: base64 changes between
// capitals and small letters all the time, camel case once a word. Five small
// letters in a row are a word.
func isMixed(segment string) bool {
	const wordLength = 5
	changes, runs, capitals, small := 0, 0, 0, 0
	letters := strings.TrimRight(segment, "=")
	for i := range len(letters) {
		c := letters[i]
		isCapital := c >= 'A' && c <= 'Z'
		if !isCapital && (c < 'a' || c > 'z') && c != '-' && c != '_' && c != '+' {
			return false
		}
		if small++; isCapital {
			small = 0
			capitals++
			if i > 0 && letters[i-1] >= 'a' && letters[i-1] <= 'z' {
				changes++
			}
			if i > 0 && letters[i-1] >= 'A' && letters[i-1] <= 'Z' {
				runs++
			}
		}
		if small >= wordLength {
			return false
		}
	}
	return changes >= 3 && runs >= 2 && 4*capitals >= len(letters) && 4*capitals <= 3*len(letters)
}

// isAddress knows name@host.domain, the @ perhaps escaped.
func isAddress(segment string) bool {
	_, host, found := strings.Cut(segment, "@")
	if !found {
		_, host, found = strings.Cut(segment, "%40")
	}
	return found && strings.IndexByte(host, '.') > 0
}

func isSeparator(c byte) bool {
	switch c {
	case '-', '_', '.', ':', ',', '~', '=':
		return true
	default:
		return false
	}
}

// What makes a word a hash or a token. Eight hex digits is a short commit id;
// words of 16 characters that mix cases and figures are no names.
const (
	minHash         = 8
	minToken        = 16
	minTokenFigures = 4 // of a word in one case
)

// variable is the name of what a part stands for, "" when it is a name itself.
// minFigures is the fewest figures that are an id.
func variable(part string, minFigures int) string {
	var figures, hex, lower, upper, separators, other int
	for i := range len(part) {
		switch c := part[i]; {
		case c >= '0' && c <= '9':
			figures++
			hex++
		case c >= 'a' && c <= 'z':
			lower++
			if c <= 'f' {
				hex++
			}
		case c >= 'A' && c <= 'Z':
			upper++
			if c <= 'F' {
				hex++
			}
		case c == '-' || c == '.' || c == ',' || c == ':' || c == '+':
			separators++
		case c == '=' || c == '%':
		default:
			other++
		}
	}
	switch {
	case other > 0 || figures == 0:
		return ""
	case isUUID(part, hex):
		return "{uuid}"
	case isDate(part):
		return "{date}"
	case figures == len(part) && figures >= minFigures, figures+separators == len(part) && separators > 0 && !isVersion(part) && minFigures == 1:
		return "{id}"
	case hex == len(part) && hex >= minHash && lower+upper > 0:
		return "{hash}"
	case separators == 0 && len(part) >= minToken && (lower > 0 && upper > 0 || figures >= minTokenFigures):
		return "{token}"
	default:
		return ""
	}
}

func isUUID(part string, hex int) bool {
	return len(part) == 36 && hex == 32 && part[8] == '-' && part[13] == '-' && part[18] == '-' && part[23] == '-'
}

// isDate knows 2026-11-20, and timestamps that begin so.
func isDate(part string) bool {
	const pattern = "dddd-dd-dd"
	if len(part) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if isFigure := part[i] >= '0' && part[i] <= '9'; isFigure != (pattern[i] == 'd') || !isFigure && part[i] != '-' {
			return false
		}
	}
	return len(part) == len(pattern) || part[len(pattern)] == 'T' || part[len(pattern)] == 't'
}

// isVersion knows 2.0 and 1.12, which name an API and not a thing.
func isVersion(part string) bool {
	major, minor, found := strings.Cut(part, ".")
	return found && len(major) >= 1 && len(major) <= 2 && len(minor) >= 1 && len(minor) <= 2 && strings.Trim(major+minor, "0123456789") == ""
}
