package rrpairreceiver

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.opentelemetry.io/collector/component"
)

const (
	startAtBeginning = "beginning"
	startAtEnd       = "end"

	defaultPollInterval = time.Second
	minPollInterval     = 10 * time.Millisecond
)

// filesConfig says which files to read. Reading starts when include is set.
type filesConfig struct {
	// Include are glob patterns of raw.jsonl files: plain ones are followed as
	// they grow, those that end in .gz or .zst are read when complete.
	Include []string `mapstructure:"include"`

	// Exclude are glob patterns of files to leave out.
	Exclude []string `mapstructure:"exclude"`

	// Storage is the id of the storage extension that remembers how far each
	// file was read. Required unless volatile is set.
	Storage *component.ID `mapstructure:"storage"`

	// Volatile gives up remembering: after a restart every file is read again
	// from start_at. Default: false.
	Volatile bool `mapstructure:"volatile"`

	// PollInterval is how long to wait between looks for new files and new
	// lines. Default: 1s.
	PollInterval time.Duration `mapstructure:"poll_interval"`

	// StartAt says where to begin in files that exist at the first start:
	// beginning or end. Files that appear later are read whole. Default:
	// beginning.
	StartAt string `mapstructure:"start_at"`
}

func defaultFilesConfig() filesConfig {
	return filesConfig{PollInterval: defaultPollInterval, StartAt: startAtBeginning}
}

func (c *filesConfig) enabled() bool {
	return len(c.Include) > 0
}

func (c *filesConfig) validate() []error {
	var errs []error
	if !c.enabled() {
		if len(c.Exclude) > 0 || c.Storage != nil || c.Volatile {
			errs = append(errs, errors.New("files::include is empty: name at least one pattern, such as /var/spool/rrpairs/*.jsonl"))
		}
		return errs
	}
	for _, list := range []struct {
		key      string
		patterns []string
	}{{"include", c.Include}, {"exclude", c.Exclude}} {
		for _, pattern := range list.patterns {
			if _, err := filepath.Match(pattern, ""); err != nil || pattern == "" {
				errs = append(errs, fmt.Errorf("files::%s has the pattern %q: want a file path with *, ? and [a-z] as in the shell", list.key, pattern))
			}
		}
	}
	switch {
	case c.Storage == nil && !c.Volatile:
		errs = append(errs, errors.New("files::storage is missing: without it a restart reads every file again. "+
			"Add `storage: file_storage` here and `file_storage: {directory: /var/lib/otelcol, create_directory: true}` to extensions and service::extensions, "+
			"or give it up with `volatile: true`"))
	case c.Storage != nil && c.Volatile:
		errs = append(errs, fmt.Errorf("files::volatile is true while files::storage is %s: set one of the two", c.Storage))
	}
	if c.PollInterval < minPollInterval {
		errs = append(errs, fmt.Errorf("files::poll_interval is %s: it must be at least %s", c.PollInterval, minPollInterval))
	}
	if c.StartAt != startAtBeginning && c.StartAt != startAtEnd {
		errs = append(errs, fmt.Errorf("files::start_at is %q: it must be %s or %s", c.StartAt, startAtBeginning, startAtEnd))
	}
	return errs
}
