package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"gopkg.in/yaml.v3"
)

const (
	extensionsBlock  = "extensions"
	archiveExtension = "archive" // the extension type whose blocks describe archives
	// maxConfigBytes bounds a configuration file: real ones are some KiB, anything larger is the wrong file.
	maxConfigBytes = 16 << 20
	// maxFileReferences bounds how often an extensions block may be a reference to another file.
	maxFileReferences = 8
)

// archiveSettings reads one archive extension's block out of collector configurations and resolves the references
// inside that block only: a laptop lacks the collector's other variables. Other blocks are not looked at, so unknown
// keys there are no error. name chooses among several archive extensions ("archive/eu" or "eu").
func (a *app) archiveSettings(ctx context.Context, files []string, name string) (*confmap.Conf, error) {
	extensions, err := readBlock(files, extensionsBlock)
	if err != nil {
		return nil, err
	}
	if len(extensions) == 0 {
		return nil, usagef("%s has no extensions block: add  extensions: {archive: {url: …}}  or name the archive with --archive URL", strings.Join(files, ", "))
	}
	key, err := chooseArchive(extensions, name, files)
	if err != nil {
		return nil, err
	}
	block := extensions[key]
	if members, ok := block.(map[string]any); ok {
		// Keys that verify stamps are for collectors that write; whoever reads need not have them.
		members = maps.Clone(members)
		delete(members, "redaction")
		block = members
	}
	settings, err := a.resolveBlock(ctx, block)
	if err != nil {
		return nil, fmt.Errorf("read extensions::%s of %s: %w", key, strings.Join(files, ", "), err)
	}
	return settings, nil
}

// readBlock merges one top-level block of the files; later files win, key by key, as in the collector. It is empty where
// no file has one.
func readBlock(files []string, name string) (map[string]any, error) {
	merged := confmap.New()
	for _, file := range files {
		block, err := readBlockOf(file, name)
		if err != nil {
			return nil, err
		}
		if err := merged.Merge(confmap.NewFromStringMap(block)); err != nil {
			return nil, fmt.Errorf("merge %s of %s: %w", name, file, err)
		}
	}
	return merged.ToStringMap(), nil
}

func readBlockOf(file, name string) (map[string]any, error) {
	whole, err := readYAML(strings.TrimPrefix(file, "file:"))
	if err != nil {
		return nil, err
	}
	if whole == nil {
		return nil, usagef("%s is empty: --config wants a collector configuration", file)
	}
	top, err := confmapOf(whole)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	block := top[name]
	for range maxFileReferences {
		path, isReference := fileReference(block)
		if !isReference {
			break
		}
		if block, err = readYAML(path); err != nil {
			return nil, fmt.Errorf("read the %s block of %s: %w", name, file, err)
		}
	}
	switch block := block.(type) {
	case map[string]any:
		return block, nil
	case nil:
		return nil, nil
	default:
		return nil, usagef("%s: %s is no block of settings", file, name)
	}
}

// confmapOf applies the collector's reading of keys: "extensions::archive" is the same as a nested block.
func confmapOf(value any) (map[string]any, error) {
	retrieved, err := confmap.NewRetrieved(value)
	if err != nil {
		return nil, err
	}
	conf, err := retrieved.AsConf()
	if err != nil {
		return nil, err
	}
	return conf.ToStringMap(), nil
}

func readYAML(path string) (any, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, usagef("--config: %v", err)
	}
	if info.Size() > maxConfigBytes {
		return nil, usagef("--config %s: %s is too large for a configuration (at most %s)", path, humanBytes(info.Size()), humanBytes(maxConfigBytes))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return nil, usagef("--config %s is not valid YAML: %v", path, err)
	}
	return value, nil
}

func fileReference(value any) (path string, ok bool) {
	text, isText := value.(string)
	if !isText {
		return "", false
	}
	inner, ok := strings.CutPrefix(strings.TrimSpace(text), "${file:")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, "}")
}

func chooseArchive(extensions map[string]any, name string, files []string) (string, error) {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(extensions)) {
		if key == archiveExtension || strings.HasPrefix(key, archiveExtension+"/") {
			keys = append(keys, key)
		}
	}
	from := strings.Join(files, ", ")
	switch {
	case len(keys) == 0:
		return "", usagef("%s: its extensions block has no archive extension: add  archive: {url: …}  or name the archive with --archive URL", from)
	case name != "":
		for _, key := range keys {
			if key == name || key == archiveExtension+"/"+name {
				return key, nil
			}
		}
		return "", usagef("--archive-name %q: %s has %s", name, from, strings.Join(keys, ", "))
	case len(keys) > 1:
		return "", usagef("%s has several archives: choose one with --archive-name %s", from, strings.Join(keys, " | "))
	default:
		return keys[0], nil
	}
}

// resolveBlock expands ${env:X}, ${env:X:-default} and ${file:…} with the collector's own resolver.
func (a *app) resolveBlock(ctx context.Context, block any) (*confmap.Conf, error) {
	const wrapper = "archive"
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{blockScheme + ":"},
		ProviderFactories: []confmap.ProviderFactory{
			blockProvider{value: map[string]any{wrapper: block}}.factory(),
			envProvider{lookup: a.lookupEnv}.factory(),
			fileprovider.NewFactory(),
		},
		DefaultScheme: "env",
	})
	if err != nil {
		return nil, err
	}
	resolved, err := resolver.Resolve(ctx)
	if err = errors.Join(err, resolver.Shutdown(ctx)); err != nil {
		return nil, err
	}
	return resolved.Sub(wrapper)
}

const blockScheme = "block"

// blockProvider hands the resolver a block that was read already.
type blockProvider struct{ value map[string]any }

func (p blockProvider) factory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return p })
}

func (p blockProvider) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(p.value)
}
func (blockProvider) Scheme() string                 { return blockScheme }
func (blockProvider) Shutdown(context.Context) error { return nil }

// envProvider is the collector's ${env:X}, except that a variable that is not set is an error: with the collector's
// empty default the tool would look into the wrong bucket.
type envProvider struct {
	lookup func(string) (string, bool)
}

func (p envProvider) factory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return p })
}

func (p envProvider) Retrieve(_ context.Context, uri string, _ confmap.WatcherFunc) (*confmap.Retrieved, error) {
	name, fallback, hasFallback := strings.Cut(strings.TrimPrefix(uri, "env:"), ":-")
	value, set := p.lookup(name)
	switch {
	case set:
	case hasFallback:
		value = fallback
	default:
		return nil, usagef("the settings use ${env:%s}, but the environment variable %s is not set here: export it, or name the archive with --archive URL", name, name)
	}
	return confmap.NewRetrievedFromYAML([]byte(value))
}
func (envProvider) Scheme() string                 { return "env" }
func (envProvider) Shutdown(context.Context) error { return nil }
