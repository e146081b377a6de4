package policy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// dictionaryValues reads the entries of a dictionary that stands in the policy itself.
func (r *reader) dictionaryValues(node *yaml.Node, path string) []string {
	values, nodes := r.texts(node, path)
	if len(values) > maxDictionaryEntries {
		r.fail(node, path, fmt.Sprintf("has %d entries", len(values)), fmt.Sprintf("at most %d", maxDictionaryEntries))
		return nil
	}
	list := newWordList(len(values))
	for i, value := range values {
		if problem := checkEntry(value); problem != "" {
			r.fail(nodes[i], path, problem, "entries are whole words: letters and digits")
		} else if !list.add(value) {
			r.fail(nodes[i], path, fmt.Sprintf("%q occurs twice", value), "keep one; case and the kind of white space do not matter")
		}
	}
	return values
}

// dictionary reads the file of a dictionary: an entry a line, empty lines and lines that begin with # are left out. The hash is
// over its bytes.
func (r *reader) dictionary(node *yaml.Node, path, name string, content io.Writer) *wordList {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(r.file), name)
	}
	text, err := readRegular(name, maxDictionaryBytes)
	if err != nil {
		r.fail(node, path, err.Error(), "the path counts from the policy's folder; a text file with an entry a line")
		return nil
	}
	_, _ = content.Write(text)
	list := newWordList(min(bytes.Count(text, []byte{'\n'}), maxDictionaryEntries))
	scanner := bufio.NewScanner(bytes.NewReader(text))
	entries := 0
	for line := 1; scanner.Scan(); line++ {
		entry := strings.TrimSpace(scanner.Text())
		if entry == "" || entry[0] == '#' {
			continue
		}
		if entries++; entries > maxDictionaryEntries {
			r.fail(node, path, name+" has more entries than allowed", fmt.Sprintf("at most %d", maxDictionaryEntries))
			return nil
		}
		if problem := checkEntry(entry); problem != "" {
			r.errs = append(r.errs, &Error{File: name, Line: line, Key: path, Problem: problem, Allowed: "entries are whole words: letters and digits"})
			if len(r.errs) >= maxErrors {
				return nil
			}
			continue
		}
		list.add(entry)
	}
	if err := scanner.Err(); err != nil {
		r.fail(node, path, fmt.Sprintf("read %s: %v", name, err), fmt.Sprintf("an entry has at most %d bytes", maxEntryBytes))
		return nil
	}
	if entries == 0 {
		r.fail(node, path, name+" has no entries", "an entry a line")
	}
	return list
}

// readRegular reads a file that is a regular one of at most limit bytes.
func readRegular(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: it is no regular file", name)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("read %s: it has %d bytes, at most %d are allowed", name, info.Size(), limit)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("read %s: it grows, at most %d bytes are allowed", name, limit)
	}
	return text, nil
}
