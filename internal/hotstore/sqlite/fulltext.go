package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/filter"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// The full text of documents is indexed by its trigrams, as the language finds words inside others. The index only says
// which documents may match; the text itself decides. A document's rowid in it is its text number, 0 for none, which
// moves along when segments are merged.
const textSchema = `CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(body, content = '', columnsize = 0, tokenize = 'trigram', detail = 'none')`

// maxTrigrams bounds what one word asks of the index: more do not narrow it much.
const maxTrigrams = 16

// indexTexts numbers the texts of fresh documents and indexes them.
func (w *writer) indexTexts(fresh []row) error {
	hasText := false
	for i := range fresh {
		hasText = hasText || indexable(fresh[i].document.Text)
	}
	if !hasText {
		return nil
	}
	if _, err := w.tx.ExecContext(w.ctx, textSchema); err != nil {
		return fmt.Errorf("make full-text index in %s: %w", w.day.file, err)
	}
	last := int64(0)
	var text string
	switch err := w.tx.QueryRowContext(w.ctx, "SELECT value FROM meta WHERE key = 'texts'").Scan(&text); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return fmt.Errorf("read %s: %w", w.day.file, err)
	default:
		if last, err = strconv.ParseInt(text, 10, 64); err != nil {
			return damaged("the number of texts of %s: %v", w.day.file, err)
		}
	}
	insert, err := w.tx.PrepareContext(w.ctx, "INSERT INTO texts (rowid, body) VALUES (?, ?)")
	if err != nil {
		return fmt.Errorf("write %s: %w", w.day.file, err)
	}
	defer func() { _ = insert.Close() }() // what went wrong was said before
	for i := range fresh {
		if body := fresh[i].document.Text; indexable(body) {
			last++
			fresh[i].text = last
			if _, err := insert.ExecContext(w.ctx, last, strings.ReplaceAll(body, "\x00", "\n")); err != nil {
				return fmt.Errorf("index text in %s: %w", w.day.file, err)
			}
		}
	}
	if _, err := w.tx.ExecContext(w.ctx, "INSERT OR REPLACE INTO meta VALUES ('texts', ?)", strconv.FormatInt(last, 10)); err != nil {
		return fmt.Errorf("write %s: %w", w.day.file, err)
	}
	return nil
}

// indexable: what is missing in a text that was cut may still be in the pair, so such a one stays a candidate always.
func indexable(text string) bool { return text != "" && len(text) < hotstore.MaxText }

// textHints are questions to the index, all of which every match answers with yes.
func textHints(leftover filter.Expr) (hints []string) {
	terms := []filter.Expr{leftover}
	if and, isAnd := leftover.(filter.And); isAnd {
		terms = and
	}
	for _, term := range terms {
		c, isCriterion := term.(*filter.Criterion)
		if !isCriterion || c.Field != filter.FieldText || c.Negate || c.Op != filter.OpContains && c.Op != filter.OpIs {
			continue
		}
		if hint := hintOf(c.Values); hint != "" {
			hints = append(hints, hint)
		}
	}
	return hints
}

// hintOf asks for the trigrams of any of the words; "" when one of them has none.
func hintOf(words []string) string {
	var any []string
	for _, word := range words {
		var all []string
		for i := 0; i+3 <= len(word) && len(all) < maxTrigrams; i++ {
			if trigram := word[i : i+3]; isPlain(trigram) {
				all = append(all, `"`+strings.ReplaceAll(trigram, `"`, `""`)+`"`)
			}
		}
		if all == nil {
			return ""
		}
		any = append(any, "("+strings.Join(all, " AND ")+")")
	}
	return strings.Join(any, " OR ")
}

// isPlain: of other letters, SQLite and the language may not agree on which are the same but for case.
func isPlain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 || r == 0 }) < 0
}

// narrow drops rows whose text the index rules out.
func (v *view) narrow(s *segment, found *rows, hints []string) error {
	if len(hints) == 0 || s.numbers[columnText].most == 0 {
		return nil
	}
	if v.hinted == nil {
		v.hinted = make([]map[int64]bool, len(hints))
		for i, hint := range hints {
			var err error
			if v.hinted[i], err = v.ask(hint); err != nil {
				return err
			}
		}
	}
	texts, err := s.number(columnText)
	if err != nil {
		return err
	}
	kept := rows{}
	found.each(func(row int) bool {
		text := texts.at(row)
		for _, may := range v.hinted {
			if text != 0 && !may[text] {
				return true
			}
		}
		kept.set(row)
		return true
	})
	*found = kept
	return nil
}

func (v *view) ask(hint string) (map[int64]bool, error) {
	result, err := v.tx.QueryContext(v.ctx, "SELECT rowid FROM texts WHERE texts MATCH ?", hint)
	if err != nil {
		return nil, classify(fmt.Errorf("search texts of %s: %w", v.day.file, err))
	}
	defer func() { _ = result.Close() }() // what went wrong was said before
	found := map[int64]bool{}
	for result.Next() {
		var text int64
		if err := result.Scan(&text); err != nil {
			return nil, classify(fmt.Errorf("search texts of %s: %w", v.day.file, err))
		}
		found[text] = true
	}
	if err := result.Err(); err != nil {
		return nil, classify(fmt.Errorf("search texts of %s: %w", v.day.file, err))
	}
	return found, nil
}
