package demo

// document writes JSON by hand: the caller says where objects and arrays begin and end, commas follow by themselves.
type document struct {
	dst  []byte
	more bool // a comma is due before the next member or element
}

func (d *document) comma() {
	if d.more {
		d.dst = append(d.dst, ',')
	}
	d.more = true
}

func (d *document) key(name string) {
	d.comma()
	d.dst = append(append(append(d.dst, '"'), name...), '"', ':')
}

// open begins an object or array; in an object name is its key, in an array or at the top name is empty.
func (d *document) open(name string, bracket byte) {
	if name != "" {
		d.key(name)
	} else {
		d.comma()
	}
	d.dst = append(d.dst, bracket)
	d.more = false
}

func (d *document) close(bracket byte) {
	d.dst = append(d.dst, bracket)
	d.more = true
}

func (d *document) text(name, value string) {
	d.key(name)
	d.dst = appendQuoted(d.dst, value)
}

func (d *document) bytes(name string, value []byte) {
	d.key(name)
	d.dst = appendQuoted(d.dst, value)
}

func (d *document) number(name string, value int64) {
	d.key(name)
	d.dst = appendInt(d.dst, value)
}

func (d *document) cents(name string, value int64) {
	d.key(name)
	d.dst = appendCents(d.dst, value)
}

func (d *document) time(name string, unixNanos int64) {
	d.key(name)
	d.dst = append(appendTime(append(d.dst, '"'), unixNanos), '"')
}

func (d *document) uuid(name string, id [16]byte) {
	d.key(name)
	d.dst = append(appendUUID(append(d.dst, '"'), id), '"')
}
