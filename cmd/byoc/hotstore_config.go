package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/hotstore/drivers"
)

const (
	hotstoreType  = "hotstore"
	dimensionType = "dimension"
	// hotstoreVariable is the environment variable that names the hot store when no flag does.
	hotstoreVariable = "BYOC_HOTSTORE"
)

// hotSettings are what the tool takes of a collector's configuration for the recent past.
type hotSettings struct {
	driver     *drivers.Settings // nil: there is no hot store
	name       string            // as the user knows it: the extension's id or the URL
	dimensions dimension.Settings
}

// locateHotStore finds the hot store and the dimensions: a URL in --hotstore or BYOC_HOTSTORE, else the collector's
// configuration of --config or of the current context. Without any there is no hot store, which is no error.
func (a *app) locateHotStore(ctx context.Context, named string) (hotSettings, error) {
	found := hotSettings{dimensions: dimension.NewDefaultSettings()}
	if named == "" {
		named, _ = a.lookupEnv(hotstoreVariable)
	}
	var files []string
	if place, err := a.archivePlace(); err == nil {
		files = place.Config
	}
	if len(files) > 0 {
		settings, err := a.dimensionSettings(ctx, files)
		if err != nil {
			return found, err
		}
		found.dimensions = settings
	}
	if strings.Contains(named, "://") {
		settings, err := hotStoreOfURL(named)
		if err != nil {
			return found, err
		}
		found.driver, found.name = settings, withoutPassword(named)
		return found, nil
	}
	if len(files) == 0 {
		if named != "" {
			return found, usagef("--hotstore %q is the name of an extension, which takes --config collector.yaml; else give a URL: sqlite:///folder or https://host:9200", named)
		}
		return found, nil
	}
	return a.hotStoreOfConfig(ctx, found, files, named)
}

func (a *app) hotStoreOfConfig(ctx context.Context, found hotSettings, files []string, named string) (hotSettings, error) {
	extensions, err := readBlock(files, extensionsBlock)
	if err != nil {
		return found, err
	}
	keys := ofType(extensions, hotstoreType)
	from := strings.Join(files, ", ")
	key := ""
	switch {
	case named != "":
		for _, candidate := range keys {
			if candidate == named || candidate == hotstoreType+"/"+named {
				key = candidate
			}
		}
		if key == "" && len(keys) == 0 {
			return found, usagef("--hotstore %q: %s has no hotstore extension", named, from)
		}
		if key == "" {
			return found, usagef("--hotstore %q: %s has %s", named, from, strings.Join(keys, ", "))
		}
	case len(keys) == 0:
		return found, nil
	case len(keys) > 1:
		return found, usagef("%s has several hot stores: choose one with --hotstore %s", from, strings.Join(keys, " | "))
	default:
		key = keys[0]
	}
	block, _ := extensions[key].(map[string]any)
	block = maps.Clone(block)
	delete(block, "redaction") // keys that verify stamps are for collectors that write
	resolved, err := a.resolveBlock(ctx, block)
	if err != nil {
		return found, fmt.Errorf("read extensions::%s of %s: %w", key, from, err)
	}
	settings := drivers.NewDefaultSettings()
	if err := resolved.Unmarshal(&settings); err != nil {
		return found, usagef("extensions::%s of %s is wrong: %w", key, from, err)
	}
	if err := xconfmap.Validate(settings); err != nil {
		return found, usagef("extensions::%s of %s is wrong: %w", key, from, err)
	}
	found.driver, found.name = &settings, key
	return found, nil
}

// withoutPassword is an address as messages show it, be it well formed or not.
func withoutPassword(address string) string {
	if parsed, err := url.Parse(address); err == nil {
		return parsed.Redacted()
	}
	scheme, rest, _ := strings.Cut(address, "://")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		return scheme + "://xxxxx@" + rest[at+1:]
	}
	return address
}

// hotStoreOfURL understands sqlite:///folder and the address of an OpenSearch, with the index name as its path.
func hotStoreOfURL(text string) (*drivers.Settings, error) {
	settings := drivers.NewDefaultSettings()
	parsed, err := url.Parse(text)
	if err != nil {
		var wrong *url.Error // which repeats the address
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		if strings.Contains(text, "@") {
			err = errors.New("a name or password before @ may hold what has to be escaped as %XX") // the reason may quote it
		}
		return nil, usagef("--hotstore %q is no URL: %w", withoutPassword(text), err)
	}
	switch parsed.Scheme {
	case "sqlite", "file":
		// Its host is no folder: sqlite://data/hot would be /hot, which may be another store's.
		if parsed.Host != "" || parsed.RawQuery != "" {
			return nil, usagef("--hotstore %q: must be sqlite:// and a whole path, which begins with a slash: sqlite:///var/lib/byoc/hot", withoutPassword(text))
		}
		settings.SQLite.GetOrInsertDefault().Path = parsed.Path
	case "http", "https":
		config := settings.OpenSearch.GetOrInsertDefault()
		config.Endpoints = []string{parsed.Scheme + "://" + parsed.Host}
		if parsed.User != nil {
			config.Username = parsed.User.Username()
			password, _ := parsed.User.Password()
			config.Password = configopaque.String(password)
		}
		if index := strings.Trim(parsed.Path, "/"); index != "" {
			config.Index = index
		}
	default:
		return nil, usagef("--hotstore %q: must be sqlite:///folder, https://host:9200[/index], or the name of a hotstore extension in --config", withoutPassword(text))
	}
	if err := xconfmap.Validate(settings); err != nil {
		return nil, usagef("--hotstore %q: %w", withoutPassword(text), err)
	}
	return &settings, nil
}

// dimensionSettings reads the block of the dimension processor that feeds the hot store, so that answers from the archive
// are those of the hot store.
func (a *app) dimensionSettings(ctx context.Context, files []string) (dimension.Settings, error) {
	settings := dimension.NewDefaultSettings()
	processors, err := readBlock(files, "processors")
	if err != nil {
		return settings, err
	}
	key, err := chooseDimension(files, ofType(processors, dimensionType))
	if key == "" || err != nil {
		return settings, err
	}
	resolved, err := a.resolveBlock(ctx, processors[key])
	if err != nil {
		return settings, fmt.Errorf("read processors::%s: %w", key, err)
	}
	if err := resolved.Unmarshal(&settings, confmap.WithIgnoreUnused()); err != nil {
		return settings, usagef("processors::%s is wrong: %w", key, err)
	}
	if err := settings.Validate(); err != nil {
		return settings, usagef("processors::%s is wrong: %w", key, err)
	}
	return settings, nil
}

// chooseDimension takes the one that stands in a pipeline with a hot store, else the only one or the first by name.
func chooseDimension(files, keys []string) (string, error) {
	if len(keys) < 2 {
		return strings.Join(keys, ""), nil
	}
	service, err := readBlock(files, "service")
	if err != nil {
		return "", err
	}
	pipelines, _ := service["pipelines"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		pipeline, _ := pipelines[name].(map[string]any)
		if len(listed(pipeline["exporters"], hotstoreType)) == 0 {
			continue
		}
		if used := listed(pipeline["processors"], dimensionType); len(used) > 0 {
			return used[0], nil
		}
	}
	return keys[0], nil
}

// listed are the components of a type in a list of a pipeline.
func listed(list any, kind string) (found []string) {
	elements, _ := list.([]any)
	for _, element := range elements {
		if name, isText := element.(string); isText && isOfType(name, kind) {
			found = append(found, name)
		}
	}
	return found
}

func isOfType(key, kind string) bool { return key == kind || strings.HasPrefix(key, kind+"/") }

// ofType are the keys of a block that name components of a type, sorted.
func ofType(block map[string]any, kind string) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(block)) {
		if isOfType(key, kind) {
			keys = append(keys, key)
		}
	}
	return keys
}
