package archive

import (
	"errors"
	"fmt"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// RecordURL returns the address of one pair, known before its file exists and
// true for ever: <identity>/<folder>?uuid=<hyphenated uuid>. identity is scheme,
// bucket and prefix without a slash at the end (never endpoint or credentials),
// folder as [Layout.Folder] returns it.
func RecordURL(identity, folder string, id rrpair.UUID) string {
	return identity + "/" + folder + "?uuid=" + id.String()
}

// ParseRecordURL splits what [RecordURL] made.
func ParseRecordURL(address string) (identity, folder string, id rrpair.UUID, err error) {
	path, query, found := strings.Cut(address, "?uuid=")
	if !found {
		return "", "", id, fmt.Errorf("parse record address %q: it has no ?uuid=", address)
	}
	if id, err = rrpair.ParseUUID(query); err != nil {
		return "", "", rrpair.UUID{}, fmt.Errorf("parse record address %q: %w", address, err)
	}
	at := strings.LastIndex(path, "/"+RootV1)
	if at <= 0 {
		return "", "", rrpair.UUID{}, fmt.Errorf("parse record address %q: no %s folder in it", address, RootV1)
	}
	identity, folder = path[:at], path[at+1:]
	if strings.Contains(identity, "?") { // settings, which may say where to send credentials
		return "", "", rrpair.UUID{}, fmt.Errorf("parse record address %q: an archive's name has no settings", address)
	}
	if err := checkFolder(folder); err != nil {
		return "", "", rrpair.UUID{}, fmt.Errorf("parse record address %q: %w", address, err)
	}
	return identity, folder, id, nil
}

// checkFolder refuses what [Layout.Folder] never returns, so that an address from
// outside cannot point out of the archive.
func checkFolder(folder string) error {
	rest, ok := strings.CutPrefix(folder, RootV1)
	if !ok {
		return errors.New("the folder does not begin with " + RootV1)
	}
	elements := strings.Split(rest, "/")
	n := len(elements)
	if n < 2 || n > 2+maxPartitionKeys || !fits(elements[n-2], "date=0000-00-00") || !fits(elements[n-1], "hour=00") {
		return errors.New("the folder does not end in date=YYYY-MM-DD/hour=HH")
	}
	for _, element := range elements[:n-2] {
		key, value, found := strings.Cut(element, "=")
		if !found || key == "" || value == "" {
			return fmt.Errorf("%q is not key=value", element)
		}
	}
	return nil
}

// fits reports whether text has the shape of pattern, where 0 is any digit.
func fits(text, pattern string) bool {
	if len(text) != len(pattern) {
		return false
	}
	for i := range len(pattern) {
		digit := pattern[i] == '0' && text[i] >= '0' && text[i] <= '9'
		if !digit && text[i] != pattern[i] {
			return false
		}
	}
	return true
}
