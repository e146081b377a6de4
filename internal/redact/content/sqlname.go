package content

import "bytes"

// word reads a keyword or an identifier.
func (scan *sqlScan) word() {
	text, start := scan.text, scan.i
	i := start
	for i < len(text) && (isNameStart(text[i]) || text[i]-'0' <= 9 || text[i] == '$') {
		i++
	}
	scan.i = i
	if i < len(text) && text[i] == '@' || i-start >= longWord {
		for i < len(text) && (isNameStart(text[i]) || text[i]-'0' <= 9 || (text[i] == '@' || text[i] == '.' || text[i] == '-') && i+1 < len(text) && (isNameStart(text[i+1]) || text[i+1]-'0' <= 9)) {
			i++
		}
		scan.i = i
		word := text[start:i:i]
		if scan.compare || scan.insert == insertValues {
			scan.value(start, i, word, RoleValue, sqlWord|scan.touching(start, i))
			return
		}
		scan.value(start, i, word, RoleIdent, sqlWord|scan.touching(start, i))
		scan.identifier(word[bytes.LastIndexByte(word, '.')+1:])
		return
	}
	if word := text[start:i:i]; !scan.keyword(word) {
		scan.identifier(word)
	}
}

// longWord is the length from which a word outside of quotes is a part: no keyword is as long, and what is no statement at all
// but looked like one must not hide an address or a token.
const longWord = 16

// identifier takes a name that is no keyword.
func (scan *sqlScan) identifier(name []byte) {
	text, i := scan.text, scan.i
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	if i < len(text) && text[i] == '(' && scan.insert != insertInto || i < len(text) && text[i] == '\'' && scan.i == i {
		return // a function; N'…' and the like
	}
	switch {
	case scan.alias:
		scan.alias = false
		if scan.literal > 0 && scan.dst[scan.literal-1].Name == nil && !isSQLType(name) {
			scan.dst[scan.literal-1].Name = name
		}
		return
	case scan.insert == insertList:
		if i < len(text) && text[i] == '.' {
			return
		}
		scan.columns = append(scan.columns, name)
		return
	case scan.reverse:
		if i < len(text) && text[i] == '.' {
			return
		}
		scan.dst[scan.literal-1].Name = name
		scan.reverse, scan.literal = false, 0
		return
	case scan.compare:
		if scan.literal == 0 {
			return // a.x = b.y: the columns are two
		}
	}
	scan.column, scan.compare, scan.literal = name, false, 0
}

// isSQLType reports whether the word behind a cast is a type, which names nothing.
func isSQLType(word []byte) bool {
	var lower [12]byte
	switch string(lowered(&lower, word)) {
	case "text", "varchar", "char", "character", "uuid", "int", "integer", "int4", "int8", "bigint", "smallint", "numeric", "decimal", "float8", "float4",
		"double", "real", "bool", "boolean", "date", "time", "timestamp", "timestamptz", "interval", "json", "jsonb", "bytea", "unsigned", "signed", "binary",
		"regclass", "name", "inet", "cidr", "money", "nchar", "nvarchar", "datetime", "bpchar", "citext", "oid":
		return true
	}
	return false
}

// lowered returns word in lower case, nothing when it is longer than any keyword.
func lowered(buf *[12]byte, word []byte) []byte {
	if len(word) > len(buf) {
		return nil
	}
	for i, c := range word {
		if c-'A' <= 25 {
			c |= 0x20
		}
		buf[i] = c
	}
	return buf[:len(word)]
}

// keyword takes word if it is one, and tells whether it was.
func (scan *sqlScan) keyword(word []byte) bool {
	var lower [12]byte
	switch string(lowered(&lower, word)) {
	case "insert", "replace":
		if scan.column != nil || scan.compare {
			return false
		}
		return true
	case "into":
		scan.insert = insertInto
	case "values", "value":
		if scan.insert == insertNone {
			return false
		}
		scan.insert, scan.depth, scan.at = insertValues, 0, 0
	case "as":
		scan.alias = true
		return true
	case "in", "like", "ilike", "rlike", "regexp", "is", "similar", "any", "some", "all", "glob", "match":
		if scan.literal > 0 && scan.dst[scan.literal-1].Name == nil {
			scan.reverse = true
			return true
		}
		scan.compare = scan.column != nil
		return true
	case "between":
		scan.compare, scan.between = scan.column != nil, true
		return true
	case "not", "to", "escape", "null", "true", "false", "default", "distinct", "array", "collate", "binary", "interval":
		return true
	case "and":
		if scan.between {
			scan.between = false
			scan.literal = 0
			return true
		}
		scan.column, scan.compare = nil, false
	case "by", "password":
		if scan.insert != insertNone {
			return false
		}
		if string(lower[:2]) == "pa" { // ALTER ROLE x PASSWORD '…'; a column of that name has a sign behind it, which says so again
			scan.column, scan.compare, scan.literal = word, true, 0
			return true
		}
		if bytes.EqualFold(scan.column, []byte("identified")) { // IDENTIFIED BY '…'
			scan.column = scan.text[bytes.LastIndex(scan.text[:scan.i], scan.column):scan.i]
			scan.compare, scan.literal = true, 0
			return true
		}
		fallthrough
	case "select", "from", "where", "or", "on", "set", "having", "group", "order", "limit", "offset", "returning", "join", "left", "right", "inner",
		"outer", "full", "cross", "using", "union", "except", "intersect", "with", "case", "when", "then", "else", "end", "update", "delete", "fetch", "for", "exists",
		"conflict", "do", "nothing", "duplicate", "create", "alter", "drop", "table", "asc", "desc", "begin", "commit", "rollback", "explain", "call", "exec", "execute":
		if scan.insert != insertNone && scan.insert != insertList && scan.depth == 0 {
			scan.insert = insertNone
		}
		scan.column, scan.compare, scan.between = nil, false, false
	default:
		return false
	}
	scan.literal, scan.reverse, scan.alias = 0, false, false
	return true
}

// placeholder reads $1, ?, :name, @name or %s, or the byte that looks like the beginning of one.
func (scan *sqlScan) placeholder() {
	text, start := scan.text, scan.i
	end := start + 1
	for end < len(text) && (isNameStart(text[end]) || text[end]-'0' <= 9) && text[start] != '?' {
		end++
	}
	scan.i = end
	if !scan.binding {
		if end == start+1 && text[start] != '?' {
			return
		}
		scan.literal = 0
		return
	}
	name := scan.valueName()
	at := len(scan.binds) - scan.first
	switch text[start] {
	case '$':
		number := 0
		for _, c := range text[start+1 : end] {
			if c-'0' > 9 || number > maxBinds {
				return
			}
			number = number*10 + int(c-'0')
		}
		if at = number - 1; number == 0 {
			return
		}
	case ':', '@':
		own := text[start+1 : end : end]
		if name == nil {
			name = own
		}
	}
	if at >= maxBinds {
		return
	}
	for len(scan.binds)-scan.first <= at {
		scan.binds = append(scan.binds, nil)
	}
	if bind := &scan.binds[scan.first+at]; *bind == nil {
		*bind = bytes.Clone(name)
	}
}

// maxBinds is the most placeholders a statement can have on the wire of PostgreSQL and MySQL.
const maxBinds = 65_535
