package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/byoc-otel/otelcol-byoc/internal/demo"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// shortestInFile is the fewest bytes of a planted value that is looked for in the bytes of whole files: shorter ones
// occur in compressed data by chance.
const shortestInFile = 9

// plantedValues are the personal data and secrets in the generated traffic.
type plantedValues struct {
	places int64
	byPair map[rrpair.UUID][][]byte // in lower case
}

// readPlanted reads what `byoc demo generate --planted` wrote.
func readPlanted(file string) (*plantedValues, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read list of planted data: %w", err)
	}
	defer opened.Close()
	p := &plantedValues{byPair: map[rrpair.UUID][][]byte{}}
	decoder := json.NewDecoder(bufio.NewReader(opened))
	for {
		var one demo.Planted
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return p, nil
		} else if err != nil {
			return nil, fmt.Errorf("read list of planted data: %w", err)
		}
		id, err := rrpair.ParseUUID(one.UUID)
		if err != nil {
			return nil, fmt.Errorf("read list of planted data: %w", err)
		}
		p.places++
		p.byPair[id] = append(p.byPair[id], bytes.ToLower([]byte(one.Value)))
	}
}

// leftover is a planted value that was found where it must not be.
type leftover struct {
	where string
	value string
}

// inSnapshot looks for each pair's planted values in what the archive gives back, in every spelling.
func (p *plantedValues) inSnapshot(ctx context.Context, files []string) (left []leftover, err error) {
	source, err := (&app{}).openSource(files)
	if err != nil {
		return nil, err
	}
	var pair rrpair.Pair
	var text []byte
	for {
		line, err := source.next(ctx)
		if errors.Is(err, io.EOF) {
			return left, nil
		}
		if err != nil {
			return nil, errors.Join(err, source.close())
		}
		if err := pair.ParseJSON(line.data); err != nil {
			return nil, errors.Join(fmt.Errorf("%s line %d: %w", line.file, line.number, err), source.close())
		}
		id, _ := pair.UUID()
		values := p.byPair[id]
		if len(values) == 0 {
			continue
		}
		text = text[:0]
		demo.Spellings(line.data, func(spelling []byte) { text = append(append(text, spelling...), '\n') })
		lower := bytes.ToLower(text)
		for _, value := range values {
			if containsWord(lower, value) {
				left = append(left, leftover{where: "pair " + id.String(), value: string(value)})
			}
		}
	}
}

// containsWord says whether value stands in text and is not part of a longer word: "Ren" is not left in "transparent".
func containsWord(text, value []byte) bool {
	for from := 0; ; {
		at := bytes.Index(text[from:], value)
		if at < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRune(text[:from+at])
		after, _ := utf8.DecodeRune(text[from+at+len(value):])
		if !isWord(before) && !isWord(after) {
			return true
		}
		from += at + 1
	}
}

func isWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// inFiles looks for planted values of any pair in the bytes of every file of a folder, as they lie there.
func (p *plantedValues) inFiles(folder string) (left []leftover, files int, err error) {
	index := map[[shortestInFile]byte][][]byte{}
	seen := map[string]bool{}
	for _, values := range p.byPair {
		for _, value := range values {
			if len(value) < shortestInFile || seen[string(value)] {
				continue
			}
			seen[string(value)] = true
			head := [shortestInFile]byte(value)
			index[head] = append(index[head], value)
		}
	}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		data = bytes.ToLower(data)
		for i := 0; i+shortestInFile <= len(data); i++ {
			for _, value := range index[[shortestInFile]byte(data[i:])] {
				if bytes.HasPrefix(data[i:], value) {
					left = append(left, leftover{where: path, value: string(value)})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("search the archive's files: %w", err)
	}
	return left, files, nil
}

// proveRedaction looks for every planted value in what the archive gives back and in its files, and scans the archive as
// `byoc redact scan` does. A planted value that is left is an error.
func (r *demoRun) proveRedaction(ctx context.Context, snapshot []string) error {
	w := r.app.stdout
	if r.planted != nil {
		left, err := r.planted.inSnapshot(ctx, snapshot)
		if err != nil {
			return err
		}
		inFiles, files, err := r.planted.inFiles(r.path("archive"))
		if err != nil {
			return err
		}
		left = append(left, inFiles...)
		fmt.Fprintf(w, "planted  %s planted values, %s left (each looked for in its pair in every spelling, and in the bytes of %d files)\n",
			humanCount(r.planted.places), humanCount(int64(len(left))), files)
		if len(left) > 0 {
			const named = 5
			return fmt.Errorf("planted values are left in the archive: %v", left[:min(named, len(left))])
		}
	}
	findings, err := r.scanArchive(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "scan     %s findings in the archive: %s\n", humanCount(int64(findings)), r.commandLine(r.scanArguments()))
	return nil
}

func (r *demoRun) scanArguments(more ...string) []string {
	arguments := []string{"redact", "scan", "--archive", r.archiveURL(), "--policy", r.path("policy.yaml")}
	if r.keyFile != "" {
		arguments = append(arguments, "--key-file", r.keyFile)
	}
	return append(arguments, more...)
}

// scanArchive counts what the engine still finds. Surrogates are recognised by the key and are no findings.
func (r *demoRun) scanArchive(ctx context.Context) (findings int, err error) {
	printed, err := r.byoc(ctx, r.scanArguments("--output", "ndjson")...)
	if err != nil {
		return 0, err
	}
	lines := bytes.Split(printed, []byte("\n"))
	return len(slices.DeleteFunc(lines, func(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 })), nil
}
