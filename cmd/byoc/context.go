package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// contexts is what `byoc context` remembers: where archives are, never credentials.
type contexts struct {
	Current  string                  `yaml:"current,omitempty"`
	Archives map[string]archivePlace `yaml:"archives,omitempty"`
}

// archivePlace says how to find one archive: a URL, or collector configurations and the name of their extension.
type archivePlace struct {
	URL         string   `yaml:"url,omitempty" json:"url,omitempty"`
	Config      []string `yaml:"config,omitempty" json:"config,omitempty"`
	ArchiveName string   `yaml:"archive_name,omitempty" json:"archive_name,omitempty"`
}

func (p archivePlace) String() string {
	if p.URL != "" {
		return p.URL
	}
	text := "--config " + strings.Join(p.Config, " --config ")
	if p.ArchiveName != "" {
		text += " --archive-name " + p.ArchiveName
	}
	return text
}

func newContextCommand(a *app) *cobra.Command {
	return group(&cobra.Command{
		Use:   "context",
		Short: "Remember archives by name",
		Example: `  byoc context add prod --archive "s3://acme-traffic/rrpairs?region=us-east-1"
  byoc context add staging --config collector.yaml
  byoc context use prod
  byoc context ls`,
	}, newContextAdd(a), newContextUse(a), newContextList(a), newContextRemove(a))
}

func newContextAdd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "add NAME",
		Short:   "Remember the archive of --archive or --config under a name; the first one becomes the current one",
		Example: `  byoc context add prod --archive "s3://acme-traffic/rrpairs?region=us-east-1"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			if name == "" || strings.ContainsAny(name, ":/ \t\n") {
				return usagef("%q: a name has no colon, slash or space, so that it cannot be taken for a URL", name)
			}
			place, err := a.placeFromFlags()
			if err != nil {
				return err
			}
			err = a.updateContexts(func(known *contexts) error {
				if known.Archives == nil {
					known.Archives = map[string]archivePlace{}
				}
				known.Archives[name] = place
				if known.Current == "" {
					known.Current = name
				}
				return nil
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s\n", name, place)
			return nil
		},
	}
}

func (a *app) placeFromFlags() (archivePlace, error) {
	if a.flags.archive != "" {
		if !strings.Contains(a.flags.archive, "://") {
			return archivePlace{}, usagef("--archive %q: give a URL (s3://, gs://, azblob://, file://)%s", a.flags.archive, pathAdvice(a.flags.archive))
		}
		settings := bucket.NewDefaultConfig()
		settings.URL = a.flags.archive
		if err := settings.Validate(); err != nil {
			return archivePlace{}, usagef("--archive: %w", err)
		}
		return archivePlace{URL: a.flags.archive}, nil
	}
	if len(a.flags.configFiles) == 0 {
		return archivePlace{}, usagef("say which archive to remember: --archive URL or --config collector.yaml")
	}
	place := archivePlace{ArchiveName: a.flags.archiveName}
	for _, file := range a.flags.configFiles {
		absolute, err := filepath.Abs(strings.TrimPrefix(file, "file:"))
		if err != nil {
			return archivePlace{}, fmt.Errorf("find %s: %w", file, err)
		}
		if _, err := os.Stat(absolute); err != nil {
			return archivePlace{}, usagef("--config: %v", err)
		}
		place.Config = append(place.Config, absolute)
	}
	return place, nil
}

func newContextUse(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "use NAME",
		Short:   "Make a remembered archive the one that commands use by default",
		Example: "  byoc context use prod",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var place archivePlace
			err := a.updateContexts(func(known *contexts) error {
				var ok bool
				if place, ok = known.Archives[args[0]]; !ok {
					return unknownContext(args[0], known)
				}
				known.Current = args[0]
				return nil
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s\n", args[0], place)
			return nil
		},
	}
}

func newContextRemove(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "rm NAME",
		Aliases: []string{"remove"},
		Short:   "Forget a remembered archive; the archive itself is not touched",
		Example: "  byoc context rm prod",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.updateContexts(func(known *contexts) error {
				if _, ok := known.Archives[args[0]]; !ok {
					return unknownContext(args[0], known)
				}
				delete(known.Archives, args[0])
				if known.Current == args[0] {
					known.Current = ""
				}
				return nil
			})
		},
	}
}

func newContextList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List remembered archives; * marks the current one",
		Example: "  byoc context ls\n  byoc context ls --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			known, err := a.loadContexts()
			if err != nil {
				return err
			}
			if a.wantsJSON() {
				archives := known.Archives
				if archives == nil {
					archives = map[string]archivePlace{}
				}
				return a.printJSON(map[string]any{"current": known.Current, "archives": archives})
			}
			rows := newTable("", "NAME", "ARCHIVE")
			for _, name := range slices.Sorted(maps.Keys(known.Archives)) {
				mark := ""
				if name == known.Current {
					mark = "*"
				}
				rows.add(mark, name, known.Archives[name].String())
			}
			return rows.write(a.stdout)
		},
	}
}

// pathAdvice is for who names an archive by a folder's path where a name or a URL is wanted; "" for other texts.
func pathAdvice(text string) string {
	if !strings.ContainsAny(text, `/\`) && !strings.HasPrefix(text, ".") {
		return ""
	}
	absolute, err := filepath.Abs(text)
	if err != nil {
		return ""
	}
	absolute = filepath.ToSlash(absolute)
	if !strings.HasPrefix(absolute, "/") { // C:/archive
		absolute = "/" + absolute
	}
	return "; if you mean the folder, write it as a URL: file://" + absolute
}

func unknownContext(name string, known *contexts) error {
	if advice := pathAdvice(name); advice != "" {
		return usagef("%q is not a remembered archive%s", name, advice)
	}
	names := slices.Sorted(maps.Keys(known.Archives))
	if len(names) == 0 {
		return usagef("%q is not a remembered archive: none is; add it with  byoc context add %s --archive URL", name, name)
	}
	return usagef("%q is not a remembered archive: known are %s", name, strings.Join(names, ", "))
}

func (a *app) contextsFile() (string, error) {
	folder, err := a.configDir()
	if err != nil {
		return "", fmt.Errorf("find the user's configuration folder: %w", err)
	}
	return filepath.Join(folder, "byoc", "contexts.yaml"), nil
}

func (a *app) loadContexts() (*contexts, error) {
	path, err := a.contextsFile()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &contexts{}, nil
	case err != nil:
		return nil, fmt.Errorf("read remembered archives: %w", err)
	}
	known := &contexts{}
	if err := yaml.Unmarshal(data, known); err != nil {
		return nil, fmt.Errorf("read remembered archives: %s is not valid, correct or delete it: %w", path, err)
	}
	return known, nil
}

// updateContexts writes the file anew through a rename, so that a reader never sees half of it.
func (a *app) updateContexts(change func(*contexts) error) error {
	known, err := a.loadContexts()
	if err != nil {
		return err
	}
	if err := change(known); err != nil {
		return err
	}
	path, err := a.contextsFile()
	if err != nil {
		return err
	}
	data, err := yaml.Marshal(known)
	if err != nil {
		return fmt.Errorf("encode remembered archives: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write remembered archives: %w", err)
	}
	// 0600: archive URLs name buckets and endpoints, which are nobody else's business.
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return fmt.Errorf("write remembered archives: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write remembered archives: %w", err)
	}
	return nil
}
