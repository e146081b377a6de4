package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// street reports a line of an address whose house number is the token [start, end): 123 Main St, Apt 4, Springfield,
// IL 62704. It returns the end of the address, 0 for none.
func (s *scan) street(start, end int) int {
	text := s.text
	if start > 0 && (text[start-1] == '.' || text[start-1] == '-' || text[start-1] == '/' || text[start-1] == ':' || text[start-1] == '$' || text[start-1] == '#') {
		return 0
	}
	if c := text[end+1]; !isUpper(c) && !isDigit(c) {
		return 0
	}
	i, named := end+1, false
	for range 5 {
		word := i
		for i < len(text) && (isWord(text[i]) || text[i] == '\'' || text[i] == '-' || text[i] >= 0x80) && i-word < 24 {
			i++
		}
		if i == word || !isUpper(text[word]) && !ordinal(text[word:i]) {
			return 0
		}
		if named && streetWord(text[word:i]) {
			if i < len(text) && text[i] == '.' && i-word <= 4 && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == ',') {
				i++
				if i == len(text) || text[i] == ' ' && i+1 < len(text) && isUpper(text[i+1]) {
					i-- // the sentence's full stop
				}
			}
			to := rest(text, i)
			s.add(ruleAddress, start, to, 0.8)
			return to
		}
		named = true
		if i < len(text) && text[i] == '.' && i-word <= 2 { // N. Main
			i++
		}
		if i >= len(text) || text[i] != ' ' {
			return 0
		}
		i++
	}
	return 0
}

// ordinal says whether word is a street's number: 5th, 42nd.
func ordinal(word []byte) bool {
	n := len(word)
	return n >= 3 && isDigit(word[0]) && isLetter(word[n-1]) && isLetter(word[n-2]) && allDigits(word[:n-2])
}

// streetWord says whether word ends the name of a street.
func streetWord(word []byte) bool {
	if len(word) < 2 || len(word) > 10 {
		return false
	}
	var buffer [10]byte
	switch string(appendLower(buffer[:0], word)) {
	case "st", "street", "ave", "avenue", "rd", "road", "blvd", "boulevard", "ln", "lane", "dr", "drive", "ct", "court", "pl", "place", "sq", "square",
		"ter", "terrace", "way", "hwy", "highway", "pkwy", "parkway", "cir", "circle", "trl", "trail", "crescent", "cres", "close", "gardens", "grove",
		"mews", "row", "plaza", "aly", "alley", "expy", "turnpike", "loop", "pike", "esplanade", "quay", "wharf":
		return true
	}
	return false
}

// rest returns the end of what may follow a street in an address: a unit, then a city with a state and a ZIP code.
func rest(text []byte, end int) int {
	i := end
	if j := skipSpaces(text, i); j > i {
		unit := j
		for j < len(text) && isLetter(text[j]) {
			j++
		}
		if word := text[unit:j]; oneOf(word, "apt", "apartment", "suite", "ste", "unit", "floor", "fl", "room", "rm", "bldg") || len(word) == 0 && j < len(text) && text[j] == '#' {
			for k := 0; j < len(text) && k < 3 && (text[j] == ' ' || text[j] == '.' || text[j] == '#'); k++ {
				j++
			}
			number := j
			for j < len(text) && j-number < 6 && (isWord(text[j]) || text[j] == '-') {
				j++
			}
			if j > number {
				end = j
			}
		}
	}
	// ", City Name, ST 12345-6789"
	i = end
	if i < len(text) && text[i] == '.' {
		i++
	}
	if i+1 >= len(text) || text[i] != ',' && text[i] != ' ' {
		return end
	}
	i = skipSpaces(text, i)
	for words := 0; words < 5; words++ {
		word := i
		for i < len(text) && (isLetter(text[i]) || text[i] >= 0x80) && i-word < 24 {
			i++
		}
		if i == word || !isUpper(text[word]) {
			return end
		}
		state := words > 0 && i-word == 2 && isUpper(text[word+1])
		i = skipSpaces(text, i)
		if state {
			zip, _ := digitsAt(text, i, 5)
			if zip != i+5 {
				return end
			}
			if zip+4 < len(text) && text[zip] == '-' && allDigits(text[zip+1:zip+5]) {
				zip += 5
			}
			if zip < len(text) && isWord(text[zip]) {
				return end
			}
			return zip
		}
	}
	return end
}

// postBox reports "P.O. Box 123" where the token [start, end) is the number.
func (s *scan) postBox(start, end int) bool {
	text := s.text
	box := start - 4
	if box < 3 || !equalFold(text[box:start], "box ") || text[box-1] != ' ' {
		return false
	}
	for _, before := range [...]string{"p.o.", "p. o.", "po", "p.o", "post office"} {
		from := box - 1 - len(before)
		if from >= 0 && equalFold(text[from:box-1], before) && (from == 0 || !isWord(text[from-1])) {
			s.add(ruleAddress, from, end, 0.85)
			return true
		}
	}
	return false
}

// coordinates reports a pair of degrees whose first number begins with the digits at start, and returns its end.
func (s *scan) coordinates(start int) int {
	text := s.text
	from := start
	if from > 0 && (text[from-1] == '-' || text[from-1] == '+') {
		from--
	}
	if from > 0 && (isWord(text[from-1]) || text[from-1] == '.' || text[from-1] == '-') {
		return 0
	}
	end, fine, north, ok := degrees(text, start, 90, 'N', 'S')
	if !ok {
		return 0
	}
	i := end
	for i < len(text) && i-end < 3 && (text[i] == ',' || text[i] == ' ' || text[i] == ';' || text[i] == '/') {
		i++
	}
	if i == end || i == len(text) {
		return 0
	}
	if text[i] == '-' || text[i] == '+' {
		i++
	}
	end, fineToo, east, ok := degrees(text, i, 180, 'E', 'W')
	if !ok || end < len(text) && (isWord(text[end]) || text[end] == '.' && end+1 < len(text) && isDigit(text[end+1]) || text[end] == ',' && end+1 < len(text) && (isDigit(text[end+1]) || text[end+1] == '-')) {
		return 0
	}
	var confidence float64
	switch {
	case north && east:
		confidence = 0.9
	case !fine || !fineToo:
		return 0
	case s.before(from, reach)&topicGPS != 0 || s.hints.Class&(detect.NameLatitude|detect.NameLongitude) != 0:
		confidence = 0.95
	case from == 0 && end == len(text):
		confidence = 0.7
	default:
		confidence = 0.4 // the points of a drawing look the same
	}
	s.add(ruleGPS, from, end, confidence)
	return end
}

// degrees reads a number of degrees at start. fine: it has four digits after the point or more; marked: one of the
// letters says which way it counts.
func degrees(text []byte, start, most int, one, other byte) (end int, fine, marked, ok bool) {
	i, whole := digitsAt(text, start, 3)
	if i == start || i >= len(text) || text[i] != '.' || whole > most {
		return 0, false, false, false
	}
	j, _ := digitsAt(text, i+1, 15)
	if j < i+3 {
		return 0, false, false, false
	}
	fine = j-i-1 >= 4
	end = j
	if j+1 < len(text) && text[j] == 0xc2 && text[j+1] == 0xb0 { // degree sign
		j += 2
		end = j
	}
	if j < len(text) && text[j] == ' ' {
		j++
	}
	if j < len(text) && (text[j] == one || text[j] == other) && (j+1 == len(text) || !isWord(text[j+1])) {
		return j + 1, fine, true, true
	}
	return end, fine, false, true
}
