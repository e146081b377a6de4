package bucket

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
)

const (
	schemeS3     = "s3"
	schemeGCS    = "gs"
	schemeAzure  = "azblob"
	schemeFile   = "file"
	schemeMemory = "mem"
)

// location is a URL taken apart. Nothing in bucket and prefix is percent-decoded: they are keys as the store has them.
type location struct {
	scheme     string
	bucket     string // bucket, container or name; empty for file
	prefix     string // without slashes at its ends; for file the absolute folder
	parameters map[string]string
}

// parameter describes one thing that may follow the question mark.
type parameter struct {
	flag    bool     // true or false
	allowed []string // the values it may have, in any case; nil: any
}

// parametersOf lists what each kind of URL may carry.
func parametersOf(scheme string) map[string]parameter {
	switch scheme {
	case schemeS3:
		return map[string]parameter{
			"region": {}, "endpoint": {}, "profile": {}, "role": {}, "kmskeyid": {}, "storage_class": {},
			"use_path_style": {flag: true}, "disable_https": {flag: true}, "hostname_immutable": {flag: true},
			"anonymous": {flag: true}, "dualstack": {flag: true}, "fips": {flag: true}, "accelerate": {flag: true},
			"ssetype":                      {allowed: []string{"AES256", "aws:kms", "aws:kms:dsse"}},
			"request_checksum_calculation": {allowed: []string{"when_supported", "when_required"}},
		}
	case schemeGCS:
		return map[string]parameter{
			"endpoint": {}, "storage_class": {}, "universe_domain": {}, "kms_key": {}, "anonymous": {flag: true},
		}
	case schemeAzure:
		return map[string]parameter{
			"account": {}, "endpoint": {}, "domain": {}, "storage_class": {}, "anonymous": {flag: true},
		}
	case schemeFile:
		return map[string]parameter{"create_directory": {flag: true}}
	default:
		return nil
	}
}

const urlForms = "s3://bucket/prefix, gs://bucket/prefix, azblob://container/prefix, file:///folder or mem://name"

// parseURL takes a store's URL apart. Its errors never repeat a parameter's value or credentials, which may be secret.
func parseURL(text string) (location, error) {
	if text == "" {
		return location{}, fmt.Errorf("url is empty: want %s", urlForms)
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return location{}, fmt.Errorf("url has no scheme: want %s", urlForms)
	}
	schemes := []string{schemeS3, schemeGCS, schemeAzure, schemeFile, schemeMemory}
	if !slices.Contains(schemes, scheme) {
		return location{}, fmt.Errorf("url begins with %q: %swant %s", scheme+"://", suggestScheme(scheme, schemes), urlForms)
	}
	place, query, _ := strings.Cut(rest, "?")
	l := location{scheme: scheme}
	if scheme == schemeFile {
		if err := l.setFolder(place); err != nil {
			return location{}, err
		}
	} else if err := l.setBucket(place); err != nil {
		return location{}, err
	}
	return l, l.setParameters(query)
}

func suggestScheme(scheme string, schemes []string) string {
	other := map[string]string{"gcs": schemeGCS, "azure": schemeAzure, "az": schemeAzure, "abfs": schemeAzure, "abfss": schemeAzure,
		"wasbs": schemeAzure, "s3a": schemeS3, "s3n": schemeS3, "https": "", "http": "", "memory": schemeMemory, "dir": schemeFile}
	if known, ok := other[strings.ToLower(scheme)]; ok {
		if known == "" {
			return "the store's own address goes into ?endpoint=; "
		}
		return fmt.Sprintf("did you mean %s://? ", known)
	}
	if near := nearest(strings.ToLower(scheme), schemes); near != "" {
		return fmt.Sprintf("did you mean %s://? ", near)
	}
	return ""
}

func (l *location) setFolder(place string) error {
	if !strings.HasPrefix(place, "/") {
		return fmt.Errorf("url file://%s is not an absolute folder: want three slashes, as in file:///var/lib/archive", place)
	}
	l.prefix = path.Clean(place)
	return nil
}

// bucketRunes are what the names of buckets and containers are made of; the colon belongs to ARNs of access points, the
// dollar to Azure's $root and the like.
const bucketRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:$"

func (l *location) setBucket(place string) error {
	if strings.Contains(place, "@") {
		return fmt.Errorf("url of %s:// carries a user or password before an @: credentials do not belong there, name them in the %s block", l.scheme, blockOf(l.scheme))
	}
	if strings.Contains(place, "#") {
		return fmt.Errorf("url %s://%s has a # in it: bucket and prefix may not", l.scheme, place)
	}
	bucket, prefix, _ := strings.Cut(place, "/")
	if bucket == "" {
		return fmt.Errorf("url %s://%s names no bucket: want %s://bucket/prefix", l.scheme, place, l.scheme)
	}
	for _, r := range bucket {
		if !strings.ContainsRune(bucketRunes, r) {
			return fmt.Errorf("url has the bucket name %q: %q is not allowed in one", bucket, r)
		}
	}
	if strings.Contains(bucket, ":") && !strings.HasPrefix(bucket, "arn:") {
		return fmt.Errorf("url has the bucket name %q: a host and port go into ?endpoint=, the bucket comes first", bucket)
	}
	l.bucket, l.prefix = bucket, strings.Trim(prefix, "/")
	for _, segment := range strings.Split(l.prefix, "/") {
		if l.prefix != "" && (segment == "" || segment == "." || segment == "..") {
			return fmt.Errorf("url has the prefix %q: it may not hold empty, . or .. parts", l.prefix)
		}
	}
	return nil
}

func (l *location) setParameters(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("url of %s: its parameters cannot be read: a percent sign must be written %%25 there", l.identity())
	}
	known := parametersOf(l.scheme)
	l.parameters = make(map[string]string, len(values))
	for _, name := range sortedKeys(values) {
		spec, ok := known[name]
		if !ok {
			return l.unknownParameter(name, known)
		}
		if len(values[name]) > 1 {
			return fmt.Errorf("url of %s has %s twice: once is allowed", l.identity(), name)
		}
		value := values[name][0]
		if spec.flag {
			if _, err := strconv.ParseBool(value); err != nil {
				return fmt.Errorf("url of %s: %s=%q: want true or false", l.identity(), name, value)
			}
		}
		if spec.allowed != nil && !slices.ContainsFunc(spec.allowed, func(a string) bool { return strings.EqualFold(a, value) }) {
			return fmt.Errorf("url of %s: %s=%q: want one of %s", l.identity(), name, value, strings.Join(spec.allowed, ", "))
		}
		l.parameters[name] = value
	}
	return l.checkEndpoint()
}

func (l *location) checkEndpoint() error {
	endpoint := l.parameters["endpoint"]
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url of %s: endpoint must be a whole address such as https://storage.example:9000", l.identity())
	}
	if u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("url of %s: endpoint carries credentials or a query: name credentials in the %s block", l.identity(), blockOf(l.scheme))
	}
	return nil
}

func (l *location) unknownParameter(name string, known map[string]parameter) error {
	if len(known) == 0 {
		return fmt.Errorf("url of %s: unknown parameter %q: %s:// takes none", l.identity(), name, l.scheme)
	}
	lower := strings.ToLower(name)
	for _, secret := range []string{"secret", "access_key", "token", "sas", "sig", "password", "connection", "account_key", "credential"} {
		if strings.Contains(lower, secret) {
			return fmt.Errorf("url of %s: parameter %q: credentials do not belong in the url, name them in the %s block", l.identity(), name, blockOf(l.scheme))
		}
	}
	names := sortedKeys(known)
	if near := nearest(lower, names); near != "" {
		return fmt.Errorf("url of %s: unknown parameter %q: did you mean %s?", l.identity(), name, near)
	}
	return fmt.Errorf("url of %s: unknown parameter %q: want one of %s", l.identity(), name, strings.Join(names, ", "))
}

// identity is the place without parameters: what names the archive in records and messages.
func (l location) identity() string {
	switch {
	case l.scheme == schemeFile:
		return "file://" + strings.TrimSuffix(l.prefix, "/")
	case l.prefix == "":
		return l.scheme + "://" + l.bucket
	default:
		return l.scheme + "://" + l.bucket + "/" + l.prefix
	}
}

// flag reads a true-or-false parameter; parseURL has checked its value.
func (l location) flag(name string) bool {
	value, _ := strconv.ParseBool(l.parameters[name])
	return value
}

// blockOf is the config block that holds a scheme's credentials.
func blockOf(scheme string) string {
	switch scheme {
	case schemeGCS:
		return "gcs"
	case schemeAzure:
		return "azure"
	default:
		return "s3"
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// nearest returns the candidate a typing mistake away from name, or "".
func nearest(name string, candidates []string) string {
	best, bestDistance := "", 1+len(name)/3
	for _, candidate := range candidates {
		if strings.ReplaceAll(name, "-", "_") == candidate || strings.Contains(name, "_"+candidate) || len(name) > 3 && strings.Contains(candidate, "_"+name) {
			return candidate
		}
		if distance := editDistance(name, candidate); distance <= bestDistance && (best == "" || distance < bestDistance) {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// editDistance counts the single-letter edits between two words (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
