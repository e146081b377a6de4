package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// rowWriter prints the pages of an answer.
type rowWriter interface {
	page(documents []*hotstore.Document) error
	// end is called once, after the last page.
	end(summary *querySummary) error
}

func (a *app) rowWriter(out io.Writer, asked question, columns []column) rowWriter {
	chosen := asked.columns != ""
	if asked.output != outputTable {
		out = a.rowsOut(out, asked.output != outputCSV)
	}
	switch asked.output {
	case outputNDJSON:
		return &ndjsonRows{out: out, encode: rowEncoder{columns: columns, rest: !chosen}}
	case outputJSON:
		return &jsonRows{out: out, encode: rowEncoder{columns: columns, rest: !chosen}}
	case outputCSV:
		return &csvRows{out: out, columns: columns}
	default:
		return newTableRows(a, out, columns, chosen)
	}
}

// rowEncoder makes JSON objects of documents.
type rowEncoder struct {
	columns []column
	rest    bool // also the dimensions of the user's own that are no column: nobody knew of them before
}

func (e *rowEncoder) append(dst []byte, document *hotstore.Document) []byte {
	dst = append(dst, '{')
	for i := range e.columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(rrpair.AppendQuoted(dst, []byte(e.columns[i].name)), ':')
		dst = e.columns[i].json(dst, document)
	}
	if e.rest {
		for i := range document.Extra {
			name := document.Extra[i].Name
			if slices.ContainsFunc(e.columns, func(c column) bool { return c.name == name }) {
				continue
			}
			dst = append(rrpair.AppendQuoted(append(dst, ','), []byte(name)), ':')
			dst = appendExtra(dst, &document.Extra[i])
		}
	}
	return append(dst, '}')
}

func writeRow(out io.Writer, row []byte) error {
	if _, err := out.Write(row); err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	return nil
}

type ndjsonRows struct {
	out    io.Writer
	encode rowEncoder
	buffer []byte
}

func (n *ndjsonRows) page(documents []*hotstore.Document) error {
	for _, document := range documents {
		n.buffer = append(n.encode.append(n.buffer[:0], document), '\n')
		if err := writeRow(n.out, n.buffer); err != nil {
			return err
		}
	}
	return nil
}

func (n *ndjsonRows) end(*querySummary) error { return nil }

// jsonRows prints one object. Rows are written as they come, so that all of them need not fit into memory.
type jsonRows struct {
	out    io.Writer
	encode rowEncoder
	buffer []byte
	begun  bool
}

func (j *jsonRows) page(documents []*hotstore.Document) error {
	for _, document := range documents {
		j.buffer = j.buffer[:0]
		if !j.begun {
			j.buffer = append(j.buffer, `{"rows":[`...)
		} else {
			j.buffer = append(j.buffer, ',')
		}
		j.begun = true
		j.buffer = j.encode.append(append(j.buffer, "\n  "...), document)
		if err := writeRow(j.out, j.buffer); err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonRows) end(summary *querySummary) error {
	head := "\n],\n"
	if !j.begun {
		head = `{"rows":[],` + "\n"
	}
	tail, err := summary.json()
	if err != nil {
		return err
	}
	return writeRow(j.out, []byte(head+tail))
}

// csvRows prints as RFC 4180 has it: lines end with CR LF, a field with a comma, a quote or a line end stands in quotes and
// is otherwise as it is. encoding/csv would change line ends within fields.
type csvRows struct {
	out     io.Writer
	columns []column
	buffer  []byte
	begun   bool
}

func (c *csvRows) page(documents []*hotstore.Document) error {
	if err := c.header(); err != nil {
		return err
	}
	for _, document := range documents {
		c.buffer = c.buffer[:0]
		for i := range c.columns {
			c.field(i, c.columns[i].text(document))
		}
		if err := writeRow(c.out, append(c.buffer, "\r\n"...)); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvRows) header() error {
	if c.begun {
		return nil
	}
	c.begun, c.buffer = true, c.buffer[:0]
	for i := range c.columns {
		c.field(i, c.columns[i].name)
	}
	return writeRow(c.out, append(c.buffer, "\r\n"...))
}

func (c *csvRows) field(i int, text string) {
	if i > 0 {
		c.buffer = append(c.buffer, ',')
	}
	if !strings.ContainsAny(text, "\",\r\n") {
		c.buffer = append(c.buffer, text...)
		return
	}
	c.buffer = append(c.buffer, '"')
	c.buffer = append(c.buffer, strings.ReplaceAll(text, `"`, `""`)...)
	c.buffer = append(c.buffer, '"')
}

func (c *csvRows) end(*querySummary) error { return c.header() }
