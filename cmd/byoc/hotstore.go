package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

func newHotstoreCommand(a *app) *cobra.Command {
	var named string
	command := group(&cobra.Command{
		Use:   "hotstore",
		Short: "Set up the hot store, look at it, bring the archive's traffic into it, remove it",
		Example: `  byoc --config collector.yaml hotstore status
  byoc --config collector.yaml hotstore backfill --from -3d
  byoc --archive file:///var/lib/byoc/archive hotstore status --hotstore sqlite:///var/lib/byoc/hot`,
	}, newHotstoreInit(a, &named), newHotstoreStatus(a, &named), newHotstoreBackfill(a, &named), newHotstoreDestroy(a, &named))
	command.PersistentFlags().StringVar(&named, "hotstore", "", "hot store: sqlite:///folder, https://host:9200[/index], or the name of a hotstore extension of --config; default $"+hotstoreVariable+", else the one of --config")
	return command
}

// hotStore is an open hot store and what the tool knows of it.
type hotStore struct {
	hotstore.Store
	hotSettings
	manager hotstore.Manager
}

// identity is what gaps call the store.
func (s *hotStore) identity() string { return s.driver.Identity() }

// fail adds which store it was and what to do.
func (s *hotStore) fail(err error) error { return hotError(s.name, err) }

// oldest is the ts from which on the store keeps documents; zero: it keeps all.
func (s *hotStore) oldest(now time.Time) time.Time {
	if retention := s.driver.Retention(); retention > 0 {
		return now.Add(-retention)
	}
	return time.Time{}
}

// since is when the store began to be given everything; zero where nobody says.
func (s *hotStore) since(ctx context.Context) (time.Time, error) {
	beginner, can := s.Store.(hotstore.Beginner)
	if !can {
		return time.Time{}, nil
	}
	since, err := beginner.Since(ctx)
	if errors.Is(err, hotstore.ErrNotSetUp) {
		return time.Time{}, nil
	}
	return since, s.fail(err)
}

func (s *hotStore) status(ctx context.Context) (hotstore.Status, error) {
	status, err := s.manager.Status(ctx)
	return status, s.fail(err)
}

// openHotStore opens the hot store that the flags name. The caller closes it.
func (a *app) openHotStore(ctx context.Context, named string) (*hotStore, error) {
	settings, err := a.locateHotStore(ctx, named)
	if err != nil {
		return nil, err
	}
	if settings.driver == nil {
		return nil, usagef("which hot store? give --config collector.yaml with a hotstore extension, or --hotstore sqlite:///folder or https://host:9200[/index]")
	}
	if sqlite := settings.driver.SQLite.Get(); sqlite != nil && strings.Contains(settings.name, "://") {
		sqlite.Retention = 0 // an address does not say how long: whoever only writes must not expire what a collector keeps
	}
	store, err := settings.driver.Open(ctx)
	if err != nil {
		return nil, hotError(settings.name, err)
	}
	manager, can := store.(hotstore.Manager)
	if !can {
		return nil, errors.Join(fmt.Errorf("hot store %s: %w: it has nothing to set up or to look at", settings.name, hotstore.ErrUnsupported), store.Close())
	}
	return &hotStore{Store: store, hotSettings: settings, manager: manager}, nil
}
