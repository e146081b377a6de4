package content

// splitSQL gives the literals and comments of SQL of any dialect. A literal is named by the column it is compared with
// or assigned to, its alias, or its place in the column list of an INSERT. Quoted identifiers are parts with RoleIdent: some
// dialects quote strings so. Whether a backslash escapes in a plain string is told by where strings would end otherwise.
func (s *Splitter) splitSQL(dst []Part, text []byte) ([]Part, error) {
	scan := sqlScan{Splitter: s, dst: dst, base: len(dst), text: text, backslash: backslashEscapes(text), columns: s.columns[:0]}
	err := scan.run()
	s.columns = scan.columns[:0]
	clear(scan.columns)
	return scan.dst, err
}

// BindNames appends to dst the columns that the placeholders of a statement stand for: $1, $2 by their numbers, ? and
// %s in their order, :name and @name too. nil for one whose column the statement does not tell; a named one then has its name.
func BindNames(dst [][]byte, sql []byte) [][]byte {
	var s Splitter
	scan := sqlScan{Splitter: &s, text: sql, backslash: backslashEscapes(sql), binds: dst, first: len(dst), binding: true}
	_ = scan.run() // what is read before an error counts
	return scan.binds
}

// sqlScan is one run over a statement.
type sqlScan struct {
	*Splitter
	dst       []Part
	base      int
	text      []byte
	i         int
	backslash bool // plain strings have backslash escapes

	column  []byte // the identifier read last, if it can be a column
	compare bool   // an operator stood behind it
	between bool   // its BETWEEN waits for its AND
	literal int    // the literal read just before, counted from 1; 0 for none
	reverse bool   // an operator stood behind a literal without a name
	alias   bool   // AS or :: was read: an identifier is no column
	insert  sqlInsert
	depth   int
	columns [][]byte // of an INSERT
	at      int      // value within VALUES (…)

	binding bool // collect placeholders instead of parts
	binds   [][]byte
	first   int
}

// sqlInsert is how far an INSERT was read.
type sqlInsert uint8

const (
	insertNone   sqlInsert = iota
	insertInto             // INSERT INTO: the next parenthesis lists columns
	insertList             // within the list
	insertListed           // behind it
	insertValues           // behind VALUES
)

func (scan *sqlScan) run() error {
	text := scan.text
	for scan.i < len(text) {
		if len(scan.dst)-scan.base >= MaxParts-2 {
			return &Error{Kind: ErrTooLarge, Format: SQL, Offset: scan.i, Reason: "too many parts"}
		}
		start, c := scan.i, text[scan.i]
		var next byte
		if start+1 < len(text) {
			next = text[start+1]
		}
		var err error
		switch {
		case isSpace(c):
			scan.i++
		case c == '-' && next == '-':
			end := start + span(text[start:], "\n")
			err = scan.comment(start+2, end, end, styleDouble)
		case c == '/' && next == '*':
			end := blockComment(text, start)
			err = scan.comment(start+2, max(start+2, end-2), end, styleSingle)
			if end > len(text) {
				return &Error{Kind: ErrTruncated, Format: SQL, Offset: len(text), Reason: "a comment is not closed"}
			}
		case c == '\'':
			err = scan.quoted(start, '\'', scan.backslash)
		case (c|0x20 == 'e') && next == '\'':
			scan.i++
			err = scan.quoted(start+1, '\'', true)
		case c == '"' || c == '`':
			err = scan.quoted(start, c, scan.backslash && c == '"')
		case c == '$' && dollarTag(text[start:]) > 0:
			err = scan.dollar(start, dollarTag(text[start:]))
		case c == '$' || c == '?' || (c == ':' || c == '@') && isNameStart(next) || c == '%' && next == 's':
			scan.placeholder()
		case c-'0' <= 9 || c == '.' && next-'0' <= 9:
			err = scan.number()
		case isNameStart(c):
			scan.word()
		default:
			scan.operator(c, next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// value adds a literal that is in text[start:end].
func (scan *sqlScan) value(start, end int, decoded []byte, role Role, style uint8) {
	if scan.binding {
		return
	}
	p := Part{Start: start, End: end, Text: decoded, Parent: -1, Index: -1, Role: role, style: style}
	if role == RoleValue {
		p.Name = scan.valueName()
	}
	scan.dst = append(scan.dst, p)
	if role == RoleValue {
		scan.literal = len(scan.dst)
	}
}

// valueName returns the column of the value that stands here.
func (scan *sqlScan) valueName() []byte {
	if scan.insert == insertValues {
		if scan.depth > 0 && scan.at < len(scan.columns) {
			return scan.columns[scan.at]
		}
		return nil
	}
	if scan.compare {
		return scan.column
	}
	return nil
}

func (scan *sqlScan) comment(start, end, next int, style uint8) error {
	end = min(end, len(scan.text))
	if next > len(scan.text) {
		style, end = styleOpen, len(scan.text)
	}
	scan.i = min(next, len(scan.text))
	scan.value(start, end, scan.text[start:end:end], RoleComment, style)
	return nil
}

// blockComment returns the end of the comment at start, more than the length of text when it is not closed. They nest.
func blockComment(text []byte, start int) int {
	depth := 1
	for i := start + 2; i+1 < len(text); i++ {
		switch {
		case text[i] == '*' && text[i+1] == '/':
			i++
			if depth--; depth == 0 {
				return i + 1
			}
		case text[i] == '/' && text[i+1] == '*':
			i++
			depth++
		}
	}
	return len(text) + 1
}

// number adds the number at i.
func (scan *sqlScan) number() error {
	text, i := scan.text, scan.i
	if text[i] == '0' && i+1 < len(text) && text[i+1]|0x20 == 'x' {
		i += 2
		for i < len(text) && unhex(text[i]) < 16 {
			i++
		}
	} else {
		for i < len(text) && (text[i]-'0' <= 9 || text[i] == '.') {
			i++
		}
		if i+1 < len(text) && text[i]|0x20 == 'e' && (text[i+1]-'0' <= 9 || i+2 < len(text) && (text[i+1] == '-' || text[i+1] == '+') && text[i+2]-'0' <= 9) {
			for i += 2; i < len(text) && text[i]-'0' <= 9; i++ {
			}
		}
	}
	start := scan.i
	scan.i = i
	before := len(scan.dst)
	style := styleWord | scan.touching(start, i)
	if scan.backslash {
		style |= sqlBackslash
	}
	scan.value(start, i, text[start:i:i], RoleValue, style)
	if len(scan.dst) > before {
		scan.dst[before].Number = true
	}
	return nil
}

// touching returns sqlTouching if a quote stands directly at text[start:end].
func (scan *sqlScan) touching(start, end int) uint8 {
	quote := func(i int) bool {
		return i >= 0 && i < len(scan.text) && (scan.text[i] == '\'' || scan.text[i] == '"')
	}
	if quote(start-1) || quote(end) {
		return sqlTouching
	}
	return 0
}

// operator reads one byte that starts nothing else.
func (scan *sqlScan) operator(c, next byte) {
	scan.i++
	switch c {
	case '(':
		scan.depth++
		switch {
		case scan.insert == insertInto:
			scan.insert, scan.columns = insertList, scan.columns[:0]
		case scan.insert == insertValues && scan.depth == 1:
			scan.at = 0
		}
	case ')':
		scan.depth = max(0, scan.depth-1)
		if scan.insert == insertList {
			scan.insert = insertListed
		}
		if scan.compare && !scan.between {
			scan.literal = 0
		}
	case ',':
		switch {
		case scan.insert == insertValues:
			if scan.depth == 1 {
				scan.at++
			}
		case scan.depth == 0 || !scan.compare:
			scan.column, scan.compare = nil, false
		}
		scan.literal = 0
	case ';':
		scan.column, scan.compare, scan.between, scan.literal, scan.insert, scan.depth = nil, false, false, 0, insertNone, 0
	case ':':
		if next == ':' {
			scan.i++
			scan.alias = true
		}
	case '=', '<', '>', '!', '~':
		if scan.literal > 0 && scan.dst[scan.literal-1].Name == nil {
			scan.reverse = true
		} else {
			scan.compare = scan.column != nil
		}
	}
}
