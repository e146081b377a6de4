package personal

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// The longest parts of an address, bytes (RFC 5321, 4.5.3.1).
const (
	maxLocalPart = 64
	maxDomain    = 253
	maxLabel     = 63
)

// emails looks left and right of every '@'. Both sides are bounded, so the work is linear.
func (s *scan) emails() {
	text := s.text
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], '@')
		if next < 0 {
			return
		}
		at += next
		start, end, sure := emailAround(text, at)
		if end == 0 {
			continue
		}
		named := s.hints.Class&detect.NameEmail != 0
		if named && sure > 0 {
			sure = 0.99
		}
		if sure == 0 && named && start == 0 && end == len(text) {
			sure = 0.7 // user@host: nobody would call anything else an email address
		}
		if sure > 0 {
			s.add(ruleEmail, start, end, sure)
			at = end - 1
		}
	}
}

// emailAround finds the address around the '@' at at. end is 0 when there is none; sure is 0 for one without a domain
// that mail could reach.
func emailAround(text []byte, at int) (start, end int, sure float64) {
	start = localPart(text, at)
	if start == at || at-start == 1 && !isWord(text[start]) && text[start] < 0x80 {
		return 0, 0, 0
	}
	end, tld := domainAfter(text, at+1)
	if end == at+1 {
		return 0, 0, 0
	}
	if inUserInfo(text, start) {
		return 0, 0, 0
	}
	if local := text[start:at]; equalFold(local, "git") || equalFold(local, "hg") {
		return 0, 0, 0 // the login of a code host
	}
	if tld == end { // no dot
		return start, end, 0
	}
	if sure = mailTLD(text[tld:end]); sure == 0 {
		if domain := tld - 1; commonTLD(text[at+1 : domain]) {
			return start, domain, 0.95 // jane@example.com.pdf: a file's name
		}
	}
	return start, end, sure
}

// commonTLD reports whether a domain of several labels ends with one of the few that most addresses end with: what stands
// before a file's extension is as often a size or a language.
func commonTLD(domain []byte) bool {
	dot := bytes.LastIndexByte(domain, '.')
	if dot < 1 || dot == 1 || len(domain)-dot > 5 {
		return false
	}
	var buffer [8]byte
	switch string(appendLower(buffer[:0], domain[dot+1:])) {
	case "com", "net", "org", "edu", "gov", "info", "biz", "uk", "fr", "jp", "br", "au", "ca", "eu", "ch", "at", "nl", "pl", "se", "cz", "cn", "us", "de", "es", "it", "ru":
		return domain[0]-'0' > 9 || dot > 2
	}
	return false
}

// localPart returns where the local part that ends at end begins; end when there is none.
func localPart(text []byte, end int) int {
	if end > 1 && text[end-1] == '"' {
		return quotedLocal(text, end)
	}
	start, floor := end, max(end-maxLocalPart-1, 0)
	for start > floor && byteKinds[text[start-1]]&kindLocal != 0 {
		start--
	}
	if start == end || text[end-1] == '.' || end-start > maxLocalPart {
		return end
	}
	// What leads up to an address is not part of it: a path, a query, a quote.
	for i := end - 1; i >= start; i-- {
		switch c := text[i]; c {
		case '/', '=', '?', '&', '\'', '`', '|', '{', '}', '#', '$', '%', '*', '!', '^', '~':
			if i+1 < end && (c != '\'' || i == start) && !(i > start && within(c, text[i-1])) {
				start = i + 1
			}
		case '.':
			if i+1 < end && text[i+1] == '.' {
				return end // two dots in a row
			}
		}
	}
	for start < end && (text[start] == '.' || text[start] == '\'' || text[start] == '-' && start+1 < end || text[start] == '+' && start+1 < end) {
		start++
	}
	for start < end && !utf8.RuneStart(text[start]) {
		start++
	}
	return afterProse(text, start, end)
}

// afterProse returns where the local part begins in what stands between start and end: after the last mark or space of
// another script, and after a word in a script without spaces that the address follows.
func afterProse(text []byte, start, end int) int {
	ideographs := 0
	for i := start; i < end; {
		if text[i] < 0x80 {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:end])
		i += n
		switch {
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.So, r), r == utf8.RuneError:
			start, ideographs = i, 0
		case r >= 0x2e80 && ideographs == i-n-start:
			ideographs += n
		}
	}
	if ideographs > 0 && start+ideographs < end && ascii(text[start+ideographs:end]) {
		return start + ideographs
	}
	return start
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// domainByte says whether the byte at i goes on a label: letters of other scripts do, their marks and spaces do not, and
// neither does a script without spaces after a domain in ASCII.
func domainByte(text []byte, i, label int) bool {
	c := text[i]
	if c < 0x80 {
		return byteKinds[c]&kindDomain != 0 && c != '.'
	}
	if !utf8.RuneStart(c) {
		return i > label
	}
	r, _ := utf8.DecodeRune(text[i:])
	if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) || r >= 0xff00 {
		return false
	}
	return r < 0x2e80 || i == label || text[i-1] >= 0x80 || i-label < 2
}

// within says whether c, which mail allows but people seldom use, belongs to the word before it.
func within(c, before byte) bool {
	switch c {
	case '!', '#', '$', '%', '*', '^', '~', '|', '\'':
		return isWord(before)
	}
	return false
}

// quotedLocal returns where a quoted local part begins whose closing quote is at end-1.
func quotedLocal(text []byte, end int) int {
	for i, floor := end-2, max(end-maxLocalPart-2, 0); i >= floor; i-- {
		if text[i] == '\n' {
			break
		}
		if text[i] == '"' && (i == 0 || text[i-1] != '\\') {
			if i+1 == end-1 || i > 0 && isWord(text[i-1]) {
				break
			}
			return i
		}
	}
	return end
}

// domainAfter reads the domain that begins at start: its end, and where its last label begins (end when it has one only).
func domainAfter(text []byte, start int) (end, tld int) {
	limit := min(start+maxDomain+1, len(text))
	i, label, dots := start, start, 0
	good, goodTLD := start, start
	for {
		for i < limit && domainByte(text, i, label) {
			i++
		}
		n := i - label
		if n == 0 || n > maxLabel || text[label] == '-' {
			break
		}
		last := i
		for last > label && text[last-1] == '-' {
			last--
		}
		good, goodTLD = last, label
		if last != i || i >= len(text) || text[i] != '.' {
			break
		}
		i++
		label = i
		dots++
	}
	if good-start > maxDomain {
		return start, start
	}
	if goodTLD == start {
		return good, good
	}
	return good, goodTLD
}

// mailTLD says how sure it is that mail goes to a domain that ends so: files' extensions are no domains, and names of
// one's own network are as often the host of a login.
func mailTLD(tld []byte) float64 {
	if len(tld) < 2 || len(tld) > 63 {
		return 0
	}
	if len(tld) > 4 && equalFold(tld[:4], "xn--") {
		return 0.95
	}
	for _, c := range tld {
		if !isLetter(c) && c < 0x80 {
			return 0
		}
	}
	if len(tld) > 24 {
		return 0
	}
	var buffer [24]byte
	switch string(appendLower(buffer[:0], tld)) {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "bmp", "avif", "js", "mjs", "cjs", "ts", "tsx", "jsx", "css", "scss", "less",
		"html", "htm", "json", "xml", "yaml", "yml", "txt", "csv", "map", "pdf", "woff", "ttf", "eot", "otf", "php", "asp", "aspx", "jsp",
		"java", "class", "jar", "exe", "dll", "so", "gz", "tgz", "tar", "bz", "rb", "go", "cpp", "hpp", "lock", "log", "conf", "toml", "service":
		return 0
	case "local", "internal", "lan", "localdomain", "localhost", "svc", "corp", "intranet":
		return 0.45
	}
	return 0.95
}

// inUserInfo says whether start lies in the user information of a URL: the '@' belongs to the URL then.
func inUserInfo(text []byte, start int) bool {
	const reach = 200 // a password longer than this with an address at its end is not worth more time
	for i := start - 1; i >= 2 && i > start-reach; i-- {
		switch text[i] {
		case '/':
			return text[i-1] == '/' && text[i-2] == ':'
		case ' ', '\n', '\t', '"', '<', '>', '?', '#', ',', ';', '(', ')', '@':
			return false
		}
	}
	return false
}

func equalFold(text []byte, lowerCase string) bool {
	if len(text) != len(lowerCase) {
		return false
	}
	for i, c := range text {
		if lower(c) != lowerCase[i] {
			return false
		}
	}
	return true
}

func appendLower(dst, text []byte) []byte {
	for _, c := range text {
		dst = append(dst, lower(c))
	}
	return dst
}
