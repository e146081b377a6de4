package personal

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// maxAddressRun is the longest run of hexadecimal digits, colons and dots that is looked at for one address: an IPv6
// address has 45 at most, the rest is room for a port.
const maxAddressRun = 56

// colons looks at the runs of hexadecimal digits around colons for IPv6 and MAC addresses.
func (s *scan) colons() {
	text, from := s.text, 0
	for from < len(text) {
		next := bytes.IndexByte(text[from:], ':')
		if next < 0 {
			return
		}
		colon := from + next
		start := colon
		for start > from && colon-start < 5 && isHex(text[start-1]) {
			start--
		}
		end, colons := colon, 0
		for end < len(text) && (isHex(text[end]) || text[end] == ':' || text[end] == '.') {
			if text[end] == ':' {
				colons++
			}
			end++
		}
		from = end + 1
		if colons < 2 || end-start > maxAddressRun || colon-start > 4 {
			continue
		}
		if start > 0 && (isWord(text[start-1]) || text[start-1] == '.' || text[start-1] == ':' || text[start-1] >= 0x80) {
			continue
		}
		if end < len(text) && (isWord(text[end]) && text[end] != '_' || text[end] == '_') {
			continue
		}
		s.colonRun(start, end)
	}
}

// colonRun reports the address that text[start:end] is.
func (s *scan) colonRun(start, end int) {
	text := s.text
	if mac := text[start:end]; len(mac) >= 17 && macPairs(mac[:17], ':') && (len(mac) == 17 || mac[17] == '.' && len(mac) == 18) {
		if confidence := macSure(mac[:17]); confidence > 0 {
			s.add(ruleMAC, start, start+17, confidence)
		}
		return
	}
	if mac := text[start:end]; len(mac) == 23 && macPairs(mac, ':') && macSure(mac) > 0 { // EUI-64
		s.add(ruleMAC, start, end, 0.9)
		return
	}
	for end > start && (text[end-1] == '.' || text[end-1] == ':' && (end-2 < start || text[end-2] != ':')) {
		end--
	}
	confidence := ipv6(text[start:end])
	if confidence == 0 || end-start == 2 && !s.unspecified(start, end) {
		return
	}
	if end < len(text) && text[end] == '%' {
		zone := end + 1
		for zone < len(text) && zone-end <= 16 && (isWord(text[zone]) || text[zone] == '-' || text[zone] == '.' && zone+1 < len(text) && isWord(text[zone+1])) {
			zone++
		}
		if zone > end+1 {
			end = zone
		}
	}
	if bits := prefixLength(text, end, 128); bits > 0 {
		if end-start == 2 {
			confidence = 0.5
		}
		end = bits
	}
	if s.hints.Class&detect.NameIP != 0 && confidence > 0.35 {
		confidence = 0.99 // surer than the IPv4 address that may stand at its end
	}
	s.add(ruleIPv6, start, end, confidence)
}

// unspecified says whether "::" at [start, end) is meant as the address: in most texts it joins names.
func (s *scan) unspecified(start, end int) bool {
	text := s.text
	if start == 0 {
		return end == len(text) || text[end] == '/'
	}
	switch text[start-1] {
	case '=', '[':
		return end == len(text) || text[end] == ' ' || text[end] == ']' || text[end] == '/' || text[end] == ','
	}
	return prefixLength(text, end, 128) > 0 || end == len(text) && text[start-1] == ' '
}

// prefixLength returns the end of a "/n" at end, 0 when there is none.
func prefixLength(text []byte, end, most int) int {
	if end+1 >= len(text) || text[end] != '/' {
		return 0
	}
	i, n := end+1, 0
	for i < len(text) && isDigit(text[i]) && i-end <= 4 {
		n = n*10 + int(text[i]-'0')
		i++
	}
	if i == end+1 || n > most || i < len(text) && (isWord(text[i]) || text[i] == '/' || text[i] == '-') {
		return 0
	}
	return i
}

// ipv6 says how sure it is that text is an IPv6 address: 0 when it is none, little for the unspecified and the loopback
// address, which name nobody.
func ipv6(text []byte) float64 {
	groups, gap, digits, letters, long := 0, false, 0, false, false
	i := 0
runs:
	for i < len(text) {
		if text[i] == ':' {
			if i+1 < len(text) && text[i+1] == ':' {
				if gap || i+2 < len(text) && text[i+2] == ':' {
					return 0
				}
				gap = true
				i += 2
				continue
			}
			if i == 0 || i == len(text)-1 {
				return 0
			}
			i++
			continue
		}
		start := i
		for i < len(text) && isHex(text[i]) {
			letters = letters || !isDigit(text[i])
			i++
		}
		if i < len(text) && text[i] == '.' {
			if end, _ := ipv4At(text, start); end != len(text) {
				return 0
			}
			groups, digits, long = groups+2, digits+4, true
			break runs
		}
		if i-start > 4 || i < len(text) && text[i] != ':' {
			return 0
		}
		long = long || i-start > 2
		digits += i - start
		groups++
	}
	switch {
	case gap && groups > 7, !gap && groups != 8:
		return 0
	case digits <= 1 && groups <= 1: // "::", "::1"
		return 0.35
	case gap && groups <= 1 && !long: // "::ab"
		return 0.3
	case gap && digits < 4 && !letters: // 1::2
		return 0.4
	case gap && !long && groups < 4: // a::b, db::ee
		return 0.45
	}
	return 0.95
}

// ipv4At reads a dotted address that begins at start: its end, 0 when there is none, and how sure it is.
func ipv4At(text []byte, start int) (end int, confidence float64) {
	i := start
	var octets [4]int
	for part := range 4 {
		if part > 0 {
			if i >= len(text) || text[i] != '.' {
				return 0, 0
			}
			i++
		}
		from, n := i, 0
		for i < len(text) && isDigit(text[i]) && i-from < 4 {
			n = n*10 + int(text[i]-'0')
			i++
		}
		if i == from || i-from > 3 || n > 255 || i-from > 1 && text[from] == '0' {
			return 0, 0
		}
		octets[part] = n
	}
	switch {
	case octets[0] == 127, octets == [4]int{}:
		return i, 0.35
	case octets == [4]int{255, 255, 255, 255}:
		return i, 0.35
	case octets[0] == 255: // a network mask
		return i, 0.4
	case i-start == 7 && octets[0] < 10 && octets[1] < 10: // 1.2.3.4, 8.8.8.8: versions and section numbers look so
		if octets[0] == octets[1] {
			return i, 0.75
		}
		return i, 0.6
	case octets[0] == 0:
		return i, 0.35
	}
	return i, 0.95
}

// macPairs says whether text is six pairs of hexadecimal digits with separator between them.
func macPairs(text []byte, separator byte) bool {
	for i, c := range text {
		if i%3 == 2 {
			if c != separator {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

// macSure says how sure a MAC address is: none for the broadcast and the empty one.
func macSure(mac []byte) float64 {
	var first byte
	same := true
	for _, c := range mac {
		if !isHex(c) {
			continue
		}
		if first == 0 {
			first = lower(c)
		}
		same = same && lower(c) == first
	}
	if same && (first == '0' || first == 'f') {
		return 0
	}
	return 0.95
}

// product says whether the name of a product stands before start, whose version it is then: Name/1.2.3.4, Some/Name 1.2.3.4.
func (s *scan) product(start int) bool {
	text := s.text
	if start > 1 && text[start-1] == '/' {
		return isLetter(text[start-2])
	}
	i := start - 1
	if i < 0 || text[i] != ' ' {
		return false
	}
	for i > 0 && start-i < 24 && isLetter(text[i-1]) {
		i--
	}
	return i > 1 && i < start-1 && text[i-1] == '/' && isLetter(text[i-2])
}

// dottedAddress looks for an IPv4 address at the token that begins at start; it returns its end, 0 when there is none.
func (s *scan) dottedAddress(start int) int {
	text := s.text
	end, confidence := ipv4At(text, start)
	if end == 0 {
		return 0
	}
	if start > 0 {
		switch before := text[start-1]; {
		case before == '.' && start > 1 && isWord(text[start-2]), before == '-' && start > 1 && isDigit(text[start-2]),
			before == '$', before == '#', before == '~', before == '^', before == '%':
			return 0
		}
	}
	if end < len(text) {
		if isWord(text[end]) {
			return 0
		}
		next := end+1 < len(text) && isWord(text[end+1])
		switch text[end] {
		case '.':
			if next { // a fifth part: a version, an object identifier, unless the text says otherwise
				confidence = min(confidence, 0.4)
				if text[start+1] == '.' { // object identifiers begin with 0, 1 or 2
					confidence = 0.2
				}
				if !isDigit(text[end+1]) {
					return 0
				}
			}
		case '-', '+':
			if next {
				confidence = min(confidence, 0.4)
			}
		}
	}
	if confidence > 0.2 && s.hints.Class&detect.NameIP == 0 { // loopback, too: Chrome had a 127.0.0.0
		topics := s.before(start, 24)
		if topics&topicVersion != 0 || s.product(start) {
			confidence = 0.2
		}
		if s.hints.Class&detect.NameAmount != 0 {
			confidence = 0.2
		}
	} else if s.hints.Class&detect.NameIP != 0 && confidence > 0.35 {
		confidence = 0.98
	}
	if bits := prefixLength(text, end, 32); bits > 0 {
		end = bits
	}
	s.add(ruleIPv4, start, end, confidence)
	return end
}
