package surrogate

import (
	"bytes"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Dates of birth: a keyed day of the years 1905 to 1929, which nearly nobody alive was born in, with day and month both at
// most 12, so that it is a date whichever of the two the format puts first. 3,600 dates, of which a check of 3 bits leaves
// some 450; where day and month cannot be told apart, both ways count. The time of day becomes zeros.
const (
	dateFirst = 1905
	dateYears = 25
	dateShare = 8
	dateLimit = dateYears * 12 * 12
)

// span is a part of a text.
type span struct{ start, end int }

func (s span) length() int { return s.end - s.start }

// date is where the parts of a date stand in a text.
type date struct {
	text             []byte
	year, month, day span
	named            bool // the month is a word
	unclear          bool // day and month may be the other way round
}

func (d date) number(s span) uint64 { return parseDigits(d.text[s.start:s.end]) }

func (d date) monthNumber() uint64 {
	if d.named {
		return uint64(monthIndex(d.text[d.month.start:d.month.end]) + 1)
	}
	return d.number(d.month)
}

// appendTo appends year-month-day, the year as written.
func (d date) appendTo(dst []byte) []byte {
	dst = append(dst, d.text[d.year.start:d.year.end]...)
	dst = appendPadded(append(dst, '-'), d.monthNumber(), 2)
	return appendPadded(append(dst, '-'), d.number(d.day), 2)
}

const months = "January   February  March     April     May       June      July      August    September October   November  December  "

func monthName(index int) []byte {
	return bytes.TrimRight([]byte(months[index*10:index*10+10]), " ")
}

// monthIndex knows English months by three letters or all.
func monthIndex(word []byte) int {
	for i := range 12 {
		name := months[i*10 : i*10+10]
		n := len(word)
		if n < 3 || n > 9 || n > 3 && name[n] != ' ' {
			continue
		}
		if n == 9 && name[8] == ' ' {
			continue
		}
		same := true
		for j, c := range word {
			same = same && lowerByte(name[j]) == lowerByte(c)
		}
		if same {
			return i
		}
	}
	return -1
}

// parseDate finds year, month and day in one run of eight digits, three runs, or two and the name of a month.
func parseDate(text []byte) (date, bool) {
	d := date{text: text}
	var runs [3]span
	count := 0
	for i := 0; i < len(text) && count < 3; {
		switch {
		case isDigit(text[i]):
			start := i
			for i < len(text) && isDigit(text[i]) {
				i++
			}
			runs[count] = span{start, i}
			count++
		case isLetter(text[i]):
			start := i
			for i < len(text) && isLetter(text[i]) {
				i++
			}
			if !d.named && monthIndex(text[start:i]) >= 0 {
				d.named, d.month = true, span{start, i}
			}
		default:
			i++
		}
	}
	switch {
	case d.named && count >= 2 && runs[0].length() == 4:
		d.year, d.day = runs[0], runs[1]
	case d.named && count >= 2:
		d.day, d.year = runs[0], runs[1]
	case count >= 1 && runs[0].length() == 8:
		s := runs[0].start
		d.year, d.month, d.day = span{s, s + 4}, span{s + 4, s + 6}, span{s + 6, s + 8}
	case count < 3:
		return d, false
	case runs[0].length() == 4:
		d.year, d.month, d.day = runs[0], runs[1], runs[2]
	default:
		d.month, d.day, d.year = runs[0], runs[1], runs[2]
		first, second := d.number(runs[0]), d.number(runs[1])
		d.unclear = first <= 12 && second <= 12
		if first > 12 || d.unclear && text[runs[0].end] != '/' {
			d.month, d.day = d.day, d.month
		}
	}
	if d.year.length() != 4 && d.year.length() != 2 || d.day.length() > 2 || !d.named && d.month.length() > 2 {
		return d, false
	}
	month, day := d.monthNumber(), d.number(d.day)
	return d, month >= 1 && month <= 12 && day >= 1 && day <= 31
}

func (m *maker) appendDate(dst, value []byte) []byte {
	d, ok := parseDate(value)
	if !ok {
		return m.appendMalformed(dst, detect.BirthDate, value, func(_ *maker, text []byte) bool {
			_, ok := parseDate(text)
			return ok
		})
	}
	m.canonical = d.appendTo(m.canonical[:0])
	m.seed(string(detect.BirthDate), m.canonical)
	n := m.sample(familyDate, dateLimit, dateShare)
	year, month, day := dateFirst+n/144, n/12%12+1, n%12+1
	for i := 0; i < len(value); {
		switch i {
		case d.year.start:
			if d.year.length() == 2 {
				year %= 100
			}
			dst, i = appendPadded(dst, year, d.year.length()), d.year.end
		case d.month.start:
			if d.named {
				dst = appendMonth(dst, int(month)-1, value[d.month.start:d.month.end])
			} else {
				dst = appendUnpadded(dst, month, d.month.length())
			}
			i = d.month.end
		case d.day.start:
			dst, i = appendUnpadded(dst, day, d.day.length()), d.day.end
		default:
			c := value[i]
			if isDigit(c) {
				c = '0'
			}
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// appendUnpadded appends n with at least width digits.
func appendUnpadded(dst []byte, n uint64, width int) []byte {
	if width == 1 && n > 9 {
		width = 2
	}
	return appendPadded(dst, n, width)
}

func appendMonth(dst []byte, index int, like []byte) []byte {
	name := monthName(index)
	if len(like) == 3 {
		name = name[:3]
	}
	for i, c := range name {
		switch {
		case isLower(like[0]):
			c = lowerByte(c)
		case i > 0 && isUpper(like[1]):
			c = upperByte(c)
		}
		dst = append(dst, c)
	}
	return dst
}

func (m *maker) madeDate(value []byte) bool {
	d, ok := parseDate(value)
	if !ok {
		return m.madeIdentifier(detect.BirthDate, value)
	}
	year, month, day := d.number(d.year), d.monthNumber(), d.number(d.day)
	if d.year.length() == 2 {
		year += 1900
	}
	if year < dateFirst || year >= dateFirst+dateYears || day > 12 {
		return false
	}
	for i := max(d.year.end, d.month.end, d.day.end); i < len(value); i++ {
		if isDigit(value[i]) && value[i] != '0' {
			return false
		}
	}
	n := (year - dateFirst) * 144
	return m.passes(familyDate, n+(month-1)*12+day-1, dateShare) || d.unclear && m.passes(familyDate, n+(day-1)*12+month-1, dateShare)
}
