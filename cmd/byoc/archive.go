package main

import (
	"context"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// archiveVariable is the environment variable that names the archive when no flag does.
const archiveVariable = "BYOC_ARCHIVE"

// locateArchive finds the settings of the archive a command works on: the flags, else BYOC_ARCHIVE, else the current
// context. The result has at least a url, and whatever else the collector's archive extension takes.
func (a *app) locateArchive(ctx context.Context) (*confmap.Conf, error) {
	place, err := a.archivePlace()
	if err != nil {
		return nil, err
	}
	if place.URL != "" {
		return confmap.NewFromStringMap(map[string]any{"url": place.URL}), nil
	}
	return a.archiveSettings(ctx, place.Config, place.ArchiveName)
}

func (a *app) archivePlace() (archivePlace, error) {
	if len(a.flags.configFiles) > 0 {
		return archivePlace{Config: a.flags.configFiles, ArchiveName: a.flags.archiveName}, nil
	}
	named := a.flags.archive
	if named == "" {
		named, _ = a.lookupEnv(archiveVariable)
	}
	if strings.Contains(named, "://") {
		return archivePlace{URL: named}, nil
	}
	known, err := a.loadContexts()
	if err != nil {
		return archivePlace{}, err
	}
	if named == "" {
		named = known.Current
	}
	if named == "" {
		return archivePlace{}, usagef("which archive? give --archive URL, --config collector.yaml, set %s, or choose one with 'byoc context use NAME'", archiveVariable)
	}
	place, ok := known.Archives[named]
	if !ok {
		return archivePlace{}, unknownContext(named, known)
	}
	return place, nil
}
