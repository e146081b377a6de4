package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// pairFetches is how many pairs are fetched from the archive at once: each costs a few requests in a row.
const pairFetches = 8

type fetchedPair struct {
	document *hotstore.Document
	line     []byte
	err      error
}

// printPairs prints the whole pairs of documents, in their order.
func (r *queryRun) printPairs(ctx context.Context, documents []*hotstore.Document) error {
	fetch, err := r.pairFetcher(ctx, documents)
	if err != nil {
		return err
	}
	return inOrder(ctx, pairFetches,
		func(_ context.Context, emit func(*hotstore.Document) error) error {
			for _, document := range documents {
				if err := emit(document); err != nil {
					return err
				}
			}
			return nil
		},
		func(document *hotstore.Document) fetchedPair {
			line, err := fetch(document)
			return fetchedPair{document, line, err}
		},
		func(fetched fetchedPair) error {
			if errors.Is(fetched.err, hotstore.ErrNoDocument) {
				r.missing = append(r.missing, fetched.document.UUID.String())
				return nil
			}
			if fetched.err != nil {
				return fetched.err
			}
			return writeRow(r.out, append(safeJSON(fetched.line, r.stdoutIsTerminal), '\n'))
		})
}

// pairFetcher gives the pair of a document: its own, else the archive's, which is opened when it is needed.
func (r *queryRun) pairFetcher(ctx context.Context, documents []*hotstore.Document) (func(*hotstore.Document) ([]byte, error), error) {
	for _, document := range documents {
		if len(document.Pair) > 0 || r.source.archive != nil {
			continue
		}
		if err := r.openArchiveSource(ctx, r.source, 0); err != nil {
			return nil, fmt.Errorf("the hot store keeps no whole pairs (include: none), so --pairs reads the archive: %w", err)
		}
	}
	return func(document *hotstore.Document) ([]byte, error) {
		if len(document.Pair) > 0 {
			return document.Pair, nil
		}
		folder := ""
		if identity, named, _, err := archive.ParseRecordURL(document.ArchiveURL); err == nil && identity == r.source.opened.Identity() {
			folder = named
		}
		pair, _, err := r.source.archive.Pair(ctx, document.UUID, document.Time, folder)
		if err != nil {
			return nil, err
		}
		return pair.JSON(), nil
	}, nil
}
